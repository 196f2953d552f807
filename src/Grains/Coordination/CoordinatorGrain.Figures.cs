using Granary.Contracts;
using Granary.Grains.Evaluations;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>All figures of the held-out examples, when the job ends.</content>
internal sealed partial class CoordinatorGrain
{
    // The weights must be those that the group's workers are about to publish.
    private async Task<ClassFigures?> HeldOutFigures(GenerationRun run)
    {
        if (Job.Data.IsText || State.Facts!.Shape.IsNumber)
        {
            return null;
        }

        Spend(TimePart.Evaluating);
        var shards = (await run.Unless(run.Group.HeldOut())).OrderBy(s => s.Shard).ToArray();
        Spend(TimePart.CheckpointStall);
        var classes = State.Facts.Classes;
        var ranked = Job.Data.IsMultiLabel ? ClassTable.RankedLabels(classes.Count) : ClassTable.Ranked(classes.Count);
        var all = ranked.Select((k, at) => (Class: k, At: at)).ToDictionary(r => r.Class, r => r.At);
        var rule = Job.Data.Validation.Threshold is { } text ? ThresholdRule.Parse(text) : null;
        var (examples, probabilities) = (State.Facts.ValidationRows.Sum(), ProbabilitySums.Of(shards.Select(s => s.Probabilities)));
        Func<int, RankCurve, Task>? feed = ranked.Count == 0 || shards.Any(s => s.Scores.Count == 0) ? null : Feed;
        var (figures, _) = LabelSums.Of(shards.Select(s => s.Labels)) is { } labels ? await new RankedLabels(classes, labels, probabilities, examples, feed).Of()
            : await new RankedFigures(classes, ScorePages.Sum(shards.SelectMany(s => s.Confusion)), probabilities, examples, feed).Of(rule);
        return figures;

        Task Feed(int list, RankCurve curve)
        {
            foreach (var r in ScorePages.Merge(shards.SelectMany(s => s.Scores.Where((_, at) => list < 0 || at == all[list]))))
            {
                curve.Add(r.Score, r.Positives, r.Negatives);
            }

            return Task.CompletedTask;
        }
    }
}
