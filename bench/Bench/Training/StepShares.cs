using System.Text.Json.Nodes;
using Granary.Bench.Measuring;

namespace Granary.Bench.Training;

/// <summary>Where the time of a job's steps went, in percent: of the seconds that its workers measured while it trained, its first ones included.</summary>
internal static class StepShares
{
    /// <summary>The parts, as summary.json and `granary goodput` name them, and as rows of the results do.</summary>
    public static IReadOnlyList<(string Part, string Row)> Parts { get; } =
    [
        ("computing", "of the steps: computing"),
        ("exchanging", "of the steps: exchanging"),
        ("waiting for a slower rank", "of the steps: waiting for the other rank"),
        ("updating", "of the steps: updating"),
    ];

    /// <summary>Reads them.</summary>
    /// <param name="output">The output folder of a job that has been ended.</param>
    /// <returns>By the rows' names.</returns>
    /// <exception cref="ChildException">They are not there.</exception>
    public static IReadOnlyDictionary<string, double> Of(string output)
    {
        var summary = Path.Combine(output, "summary.json");
        var seconds = File.Exists(summary) && JsonNode.Parse(File.ReadAllText(summary))!["goodput"]?["parts"] is JsonArray parts
            ? parts.ToDictionary(p => p!["name"]!.GetValue<string>(), p => p!["seconds"]!.GetValue<double>())
            : throw new ChildException($"{summary} does not say where the job's time went");
        var whole = Parts.Sum(p => seconds[p.Part]);
        return Parts.ToDictionary(p => p.Row, p => 100 * seconds[p.Part] / whole);
    }
}
