namespace Granary.Bench.Exchange;

/// <summary>A vector that is exchanged.</summary>
/// <param name="Name">Its bytes, for people.</param>
/// <param name="Weights">float32 numbers.</param>
/// <param name="Steps">Steps timed in one go, after some that are not.</param>
internal sealed record ExchangeSize(string Name, int Weights, int Steps)
{
    /// <summary>From a tiny model to 16 M weights; between them the MLP 784-256-10, the GPT and the MLP 784-2048-2048-10.</summary>
    public static readonly IReadOnlyList<ExchangeSize> All =
    [
        new("1 KB", 256, 2000) { WarmUp = 10_000 }, new("0.81 MB", 203_530, 300), new("3.3 MB", 818_176, 100), new("23.3 MB", 5_824_522, 20), new("67 MB", 16_777_216, 8),
    ];

    /// <summary>Steps before the timed ones. Those of the smallest vector are so short that .NET would still be compiling.</summary>
    public int WarmUp { get; init; } = Math.Max(3, Steps / 4);

    /// <summary>As an argument of a measuring process: "256:2000".</summary>
    public string Argument => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Weights}:{Steps}:{WarmUp}");
}
