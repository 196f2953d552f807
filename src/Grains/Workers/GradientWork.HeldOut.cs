using Granary.Contracts;
using Granary.Grains.Evaluations;
using Granary.Jobs;
using Granary.Model.Evaluation;
using Granary.Model.Networks;
using Granary.Model.Prediction;

namespace Granary.Grains.Workers;

/// <content>All figures of the held-out examples, once, when the job ends.</content>
internal sealed unsafe partial class GradientWork<T>
{
    // Of all silos together, so that the coordinator's memory is bounded: 24 bytes each there.
    private const long MostScores = 1 << 21;

    /// <summary>What weights make of the held-out examples of every shard here. No step may be under way.</summary>
    public IReadOnlyList<HeldOutClasses> HeldOut(FlatTensor weights)
    {
        var (model, classes) = (_task.Job.Model, _task.Facts.Shape.Classes);
        var network = NetworkCatalogue.Create(model, _task.Facts.Shape);
        var fits = _task.Facts.ValidationRows.Sum() * ClassTable.Ranked(classes).Count <= MostScores;
        var withRows = _leases.Shards.Where(s => s.Examples.ValidationRows > 0).ToArray();
        var found = new HeldOutClasses[withRows.Length];
        _threads.Run(withRows.Length, (thread, i) =>
        {
            var (shard, examples) = withRows[i];
            var tally = new ClassTally(classes, model.Loss == Loss.CrossEntropy, fits ? MostScores : 0);
            for (var row = 0; row < examples.ValidationRows; row += MostEvaluationRows)
            {
                var first = row;
                var (outputs, truths, weightsOfRows) = _passes[thread].Predict(
                    weights, () => examples.Validation(first, Math.Min(first + MostEvaluationRows, examples.ValidationRows)));
                var width = outputs.Length / truths.Length;
                for (var at = 0; at < truths.Length; at++)
                {
                    tally.Add((int)truths[at], Outputs.Of(model, network, outputs.AsSpan(at * width, width), threshold: null), weightsOfRows?[at]);
                }
            }

            var counts = tally.Result();
            found[i] = new HeldOutClasses(
                shard, ScorePages.Cells(counts.Confusion), counts.Probabilities,
                counts.Scores is { } scores ? [.. ClassTable.Ranked(classes).Select(k => ScorePages.Of(scores.Runs(k)))] : []);
        });
        return found;
    }
}
