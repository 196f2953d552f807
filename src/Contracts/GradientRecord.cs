namespace Granary.Contracts;

/// <summary>How far float32 was from float64 when a silo, before its first step of a job, computed the gradient of a few examples in both.</summary>
/// <param name="RelativeError">The largest relative error of a parameter's gradient; null: nothing was compared.</param>
/// <param name="Parameter">Whose it was.</param>
/// <param name="Skipped">Why nothing was compared.</param>
[GenerateSerializer, Immutable, Alias("granary.GradientRecord")]
public sealed record GradientRecord(
    [property: Id(0)] double? RelativeError, [property: Id(1)] string? Parameter, [property: Id(2)] string? Skipped)
{
    /// <summary>The largest error; without any, a reason why nothing was compared.</summary>
    public static GradientRecord? Worst(IEnumerable<GradientRecord?> records) => records.Where(r => r is not null).MaxBy(r => r!.RelativeError ?? -1);
}

/// <summary>Result of computing non-finite gradients again, from the same weights and examples.</summary>
/// <param name="Shard">The first shard whose loss or gradient is not finite again; null: none.</param>
/// <param name="Differs">The sum was not finite before and is now: this silo's arithmetic is not reproducible.</param>
[GenerateSerializer, Immutable, Alias("granary.NonFiniteFinding")]
public sealed record NonFiniteFinding([property: Id(0)] int? Shard, [property: Id(1)] bool Differs);
