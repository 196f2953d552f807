namespace Granary.Bench.Exchange;

/// <summary>A vector that is exchanged.</summary>
/// <param name="Name">Its bytes, for people.</param>
/// <param name="Weights">float32 numbers.</param>
/// <param name="Steps">Steps timed in one go, after some that are not.</param>
internal sealed record ExchangeSize(string Name, int Weights, int Steps)
{
    /// <summary>The MLP 784-256-10, the GPT, the MLP 784-2048-2048-10, 16 M weights, and a tiny model. The first has many steps before those that are
    /// timed, and the tiny one comes last: .NET compiles what runs often anew while it runs.</summary>
    public static readonly IReadOnlyList<ExchangeSize> All =
    [
        new("0.81 MB", 203_530, 300) { WarmUp = 2000 }, new("3.3 MB", 818_176, 100), new("23.3 MB", 5_824_522, 40), new("67 MB", 16_777_216, 15), new("1 KB", 256, 2000) { WarmUp = 10_000 },
    ];

    /// <summary>Steps before the timed ones.</summary>
    public int WarmUp { get; init; } = Math.Max(20, Steps / 2);

    /// <summary>As an argument of a measuring process: "256:2000".</summary>
    public string Argument => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Weights}:{Steps}:{WarmUp}");
}
