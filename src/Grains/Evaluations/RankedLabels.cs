using Granary.Jobs;
using Granary.Model.Evaluation;

namespace Granary.Grains.Evaluations;

/// <summary>All figures of several labels, from what shards have counted and the scores that they tell, rising. Plain rules.</summary>
/// <param name="names">The labels.</param>
/// <param name="sums">What rows have and are said to have, over all shards.</param>
/// <param name="probabilities">What the labels' probabilities add up to.</param>
/// <param name="examples">How many rows there are.</param>
/// <param name="feed">Gives the scores of a label (-1: of all pairs of a row and a label) to a curve; null: there are none.</param>
internal sealed class RankedLabels(IReadOnlyList<string> names, LabelSums sums, ProbabilitySums? probabilities, long examples, Func<int, RankCurve, Task>? feed)
{
    /// <summary>All figures, and the curves where they are few.</summary>
    public async Task<(ClassFigures Figures, IReadOnlyList<ClassCurve> Curves)> Of()
    {
        var ranks = new Dictionary<int, RankFigures>();
        RankFigures? pooled = null;
        if (feed is not null && ClassTable.RankedLabels(names.Count) is { Count: > 0 } ranked)
        {
            foreach (var k in ranked)
            {
                ranks.Add(k, await Ranked(k, sums.Support[k], sums.Weight - sums.Support[k]));
            }

            pooled = await Ranked(RankedScores.Pooled, sums.Support.Sum(), (sums.Weight * names.Count) - sums.Support.Sum());
        }

        var figures = ClassTable.Of(names, examples, sums, ranks, pooled) with { Probabilities = probabilities?.Figures() };
        var curves = names.Count > RankedFigures.MostCurves ? [] : ranks.Select(r => new ClassCurve(names[r.Key], r.Value));
        return (figures, [.. curves, .. pooled is null ? [] : new[] { new ClassCurve("all labels", pooled) }]);
    }

    private async Task<RankFigures> Ranked(int list, double positives, double negatives)
    {
        var curve = new RankCurve(positives, negatives);
        await feed!(list, curve);
        return curve.Result();
    }
}
