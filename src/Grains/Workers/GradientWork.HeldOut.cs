using Granary.Contracts;
using Granary.Grains.Evaluations;
using Granary.Jobs;
using Granary.Model.Data;
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
        var shape = _task.Facts.Shape;
        var ranked = shape.IsMultiLabel ? ClassTable.RankedLabels(shape.Classes) : ClassTable.Ranked(shape.Classes);
        var most = _task.Facts.ValidationRows.Sum() * ranked.Count <= MostScores ? MostScores : 0;
        var network = NetworkCatalogue.Create(_task.Job.Model, shape);
        var withRows = _leases.Shards.Where(s => s.Examples.ValidationRows > 0).ToArray();
        var found = new HeldOutClasses[withRows.Length];
        _threads.Run(withRows.Length, (thread, i) =>
        {
            var (shard, examples) = withRows[i];
            found[i] = shape.IsMultiLabel ? Labels(thread, shard, examples, weights, most) : Classes(thread, shard, examples, weights, network, most);
        });
        return found;
    }

    private HeldOutClasses Classes(int thread, int shard, Examples examples, FlatTensor weights, INetwork network, long most)
    {
        var (model, classes) = (_task.Job.Model, _task.Facts.Shape.Classes);
        var tally = new ClassTally(classes, model.Loss == Loss.CrossEntropy, most);
        foreach (var (outputs, truths, own) in Predicted(thread, examples, weights))
        {
            var width = outputs.Length / truths.Length;
            for (var at = 0; at < truths.Length; at++)
            {
                tally.Add((int)truths[at], Outputs.Of(model, network, outputs.AsSpan(at * width, width), threshold: null), own?[at]);
            }
        }

        var counts = tally.Result();
        return new HeldOutClasses(shard, ScorePages.Cells(counts.Confusion), counts.Probabilities, Scores(counts.Scores, ClassTable.Ranked(classes)));
    }

    private HeldOutClasses Labels(int thread, int shard, Examples examples, FlatTensor weights, long most)
    {
        var labels = _task.Facts.Shape.Classes;
        var tally = new LabelTally(labels, most);
        foreach (var (outputs, truths, own) in Predicted(thread, examples, weights))
        {
            for (var at = 0; at < truths.Length / labels; at++)
            {
                tally.Add(truths.AsSpan(at * labels, labels), Outputs.Labels(outputs.AsSpan(at * labels, labels)), own?[at]);
            }
        }

        var counts = tally.Result();
        return new HeldOutClasses(shard, [], counts.Probabilities, Scores(counts.Scores, ClassTable.RankedLabels(labels)), counts.Sums);
    }

    private static IReadOnlyList<ScorePage> Scores(RankedScores? scores, IReadOnlyList<int> ranked) => scores is null ? [] : [.. ranked.Select(k => ScorePages.Of(scores.Runs(k)))];

    private IEnumerable<(double[] Outputs, long[] Truths, double[]? Weights)> Predicted(int thread, Examples examples, FlatTensor weights)
    {
        for (var row = 0; row < examples.ValidationRows; row += _mostEvaluated)
        {
            var first = row;
            yield return _passes[thread].Predict(weights, () => examples.Validation(first, Math.Min(first + _mostEvaluated, examples.ValidationRows)));
        }
    }
}
