using Granary.Bench.Calibration;
using Granary.Bench.Quiet;

namespace Granary.Bench.Measuring;

/// <summary>What a side found in one round.</summary>
/// <param name="Figures">One per work, by the work's name.</param>
/// <param name="Arithmetic">What its measured process computes with; null: it has no part in this comparison.</param>
internal sealed record Measurement(IReadOnlyDictionary<string, double> Figures, Arithmetic? Arithmetic = null);

/// <summary>One side of a comparison: measures all of the comparison's works in one go.</summary>
/// <param name="Name">Who: "Granary", "gloo".</param>
/// <param name="Measure">Measures once.</param>
internal sealed record Contestant(string Name, Func<CancellationToken, Task<Measurement>> Measure)
{
    /// <summary>Name of the product's own side.</summary>
    public const string Granary = "Granary";
}

/// <summary>What every contestant measured in one round.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Sides">By contestant; one that failed is not there.</param>
/// <param name="Quietness">How much others had of the machine; null: not known.</param>
internal sealed record Round(int Number, IReadOnlyDictionary<string, Measurement> Sides, Quietness? Quietness)
{
    /// <summary>One figure; null where the contestant failed, was left out or did not do this work.</summary>
    public double? Of(string contestant, string work) =>
        Sides.TryGetValue(contestant, out var side) && side.Figures.TryGetValue(work, out var figure) ? figure : null;
}
