using Granary.Contracts;
using Granary.Jobs;
using Granary.Model.Evaluation;

namespace Granary.Grains.Evaluations;

/// <summary>All figures of a classifier, from what its shards have counted and the scores that they tell, rising. Plain rules.</summary>
/// <param name="names">The classes.</param>
/// <param name="confusion">Truths and predictions of all shards.</param>
/// <param name="probabilities">What the probabilities add up to; null where the model gives none.</param>
/// <param name="examples">How many examples there are.</param>
/// <param name="feed">Gives the scores of a class (-1: of all pairs of an example and a class) to a curve; null: there are none.</param>
internal sealed class RankedFigures(
    IReadOnlyList<string> names, IReadOnlyList<ConfusionCell> confusion, ProbabilitySums? probabilities, long examples, Func<int, RankCurve, Task>? feed)
{
    /// <summary>Of more classes curves are not drawn.</summary>
    public const int MostCurves = 10;

    /// <summary>All figures, and the curves where they are few.</summary>
    /// <param name="rule">Two classes: chooses a threshold; null: the predictions stand as they were counted.</param>
    public async Task<(ClassFigures Figures, IReadOnlyList<ClassCurve> Curves)> Of(ThresholdRule? rule)
    {
        (int Truth, int Predicted, double Count)[] cells = [.. confusion.Select(c => (c.Truth, c.Predicted, c.Count))];
        var total = cells.Sum(c => c.Count);
        var ranks = new Dictionary<int, RankFigures>();
        RankFigures? pooled = null;
        if (feed is not null)
        {
            foreach (var k in ClassTable.Ranked(names.Count))
            {
                var positives = cells.Where(c => c.Truth == k).Sum(c => c.Count);
                ranks.Add(k, await Ranked(k, new RankCurve(positives, total - positives, rule)));
            }

            pooled = ranks.Count > 1 ? await Ranked(RankedScores.Pooled, new RankCurve(total, total * (names.Count - 1))) : null;
        }

        var cut = rule is null ? null : ranks.GetValueOrDefault(1)?.Chosen;
        IReadOnlyCollection<(int, int, double)> counted = cut is { } chosen ? ClassTable.Under(chosen, ranks[1].Positives, ranks[1].Negatives) : cells;
        var figures = ClassTable.Of(names, counted, probabilities, ranks, pooled, examples);
        var curves = names.Count > MostCurves ? [] : ranks.Select(r => new ClassCurve(names[r.Key], r.Value));
        return (
            rule is null ? figures : figures with { Threshold = new ThresholdFigures(cut?.Threshold ?? 0.5, rule.ToString(), cut is null ? Missed(rule, ranks) : null) },
            [.. curves, .. pooled is null ? [] : new[] { new ClassCurve("all classes", pooled) }]);
    }

    private async Task<RankFigures> Ranked(int list, RankCurve curve)
    {
        await feed!(list, curve);
        return curve.Result();
    }

    private static string Missed(ThresholdRule rule, Dictionary<int, RankFigures> ranks) =>
        !ranks.TryGetValue(1, out var r) ? "the held-out examples are too many for their scores to be kept: 0.5 stays"
        : r.Positives == 0 || r.Negatives == 0 ? "all held-out examples are of one class: 0.5 stays"
        : $"no threshold reaches {rule} on the held-out examples: 0.5 stays";
}
