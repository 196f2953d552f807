namespace Granary.Bench.Measuring;

/// <summary>One side of a comparison: measures all of the comparison's works in one go.</summary>
/// <param name="Name">Who: "Granary", "gloo".</param>
/// <param name="Measure">Measures once; one figure per work, by the work's name.</param>
internal sealed record Contestant(string Name, Func<CancellationToken, Task<IReadOnlyDictionary<string, double>>> Measure);

/// <summary>What every contestant measured in one round.</summary>
/// <param name="Figures">Contestant, then work.</param>
internal sealed record Round(IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Figures)
{
    /// <summary>One figure; null where the contestant was left out or did not do this work.</summary>
    public double? Of(string contestant, string work) =>
        Figures.TryGetValue(contestant, out var figures) && figures.TryGetValue(work, out var figure) ? figure : null;
}
