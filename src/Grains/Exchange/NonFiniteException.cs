namespace Granary.Grains.Exchange;

/// <summary>A loss or a gradient became NaN or infinite: the step must not be taken.</summary>
/// <param name="step">The step.</param>
/// <param name="shard">The shard, where it is known.</param>
/// <param name="isLoss">Whether it is the loss (else a gradient).</param>
/// <param name="value">What it became.</param>
internal sealed class NonFiniteException(long step, int? shard, bool isLoss, double value) : Exception
{
    public long Step { get; } = step;

    public int? Shard { get; } = shard;

    public bool IsLoss { get; } = isLoss;

    public double Value { get; } = value;
}
