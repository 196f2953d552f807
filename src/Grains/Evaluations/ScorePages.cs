using Granary.Contracts;
using Granary.Model.Evaluation;

namespace Granary.Grains.Evaluations;

/// <summary>Counts and scores of a shard as they travel.</summary>
internal static class ScorePages
{
    /// <summary>Runs of scores.</summary>
    public static ScorePage Of(IReadOnlyCollection<ScoreRun> runs) =>
        new([.. runs.Select(r => r.Score)], [.. runs.Select(r => r.Positives)], [.. runs.Select(r => r.Negatives)]);

    /// <summary>A confusion matrix's cells.</summary>
    public static IReadOnlyList<ConfusionCell> Cells(IReadOnlyDictionary<(int Truth, int Predicted), double>? confusion) =>
        confusion is null ? [] : [.. confusion.OrderBy(c => c.Key).Select(c => new ConfusionCell(c.Key.Truth, c.Key.Predicted, c.Value))];

    /// <summary>The cells of several shards added up, by truth and prediction.</summary>
    public static IReadOnlyList<ConfusionCell> Sum(IEnumerable<ConfusionCell> cells) =>
        [.. cells.GroupBy(c => (c.Truth, c.Predicted)).OrderBy(g => g.Key).Select(g => new ConfusionCell(g.Key.Truth, g.Key.Predicted, g.Sum(c => c.Count)))];

    /// <summary>The scores of several pages, rising.</summary>
    public static IEnumerable<ScoreRun> Merge(IEnumerable<ScorePage> pages)
    {
        ScoreRun[] runs = [.. pages.SelectMany(p => p.Scores.Select((score, i) => new ScoreRun(score, p.Positives[i], p.Negatives[i])))];
        Array.Sort(runs, (a, b) => a.Score.CompareTo(b.Score));
        return runs;
    }
}
