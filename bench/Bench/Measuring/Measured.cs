using Granary.Bench.Calibration;

namespace Granary.Bench.Measuring;

/// <summary>All rounds of a comparison.</summary>
/// <param name="Rounds">In their order.</param>
/// <param name="Failures">Who failed in which.</param>
internal sealed record Measured(IReadOnlyList<Round> Rounds, IReadOnlyList<Failure> Failures)
{
    /// <summary>What each side computed with.</summary>
    public IReadOnlyList<SideArithmetic> Arithmetic =>
    [
        .. Rounds.SelectMany(r => r.Sides).Where(s => s.Value.Arithmetic is not null).GroupBy(s => s.Key, s => s.Value.Arithmetic!)
            .Select(g => new SideArithmetic(g.Key, g.Last().Library, g.Last().Version, Spread.Of(g.Select(a => a.Gflops)).Median)),
    ];

    /// <summary>Without the figures of some sides; their failures stay.</summary>
    public Measured Without(IEnumerable<string> sides) => this with
    {
        Rounds = [.. Rounds.Select(r => r with { Sides = r.Sides.Where(s => !sides.Contains(s.Key)).ToDictionary() })],
    };

    /// <summary>With what they come to.</summary>
    public Findings With(IReadOnlyList<Row> rows) => new(rows, this);
}

/// <summary>What a comparison found.</summary>
/// <param name="Rows">Its lines of the results.</param>
/// <param name="Measured">What they come from; null: there are no rounds.</param>
internal sealed record Findings(IReadOnlyList<Row> Rows, Measured? Measured)
{
    /// <summary>Lines of Markdown that say more than the rows can.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
