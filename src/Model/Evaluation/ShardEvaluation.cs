using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Networks;
using Granary.Model.Prediction;
using static TorchSharp.torch;

namespace Granary.Model.Evaluation;

/// <summary>Examples with one score: runs of them rise by score.</summary>
/// <param name="Score">P(second class).</param>
/// <param name="Positives">Examples of the second class.</param>
/// <param name="Negatives">Examples of the first.</param>
public readonly record struct ScoreRun(double Score, long Positives, long Negatives);

/// <summary>What a model makes of one shard of labelled examples.</summary>
/// <param name="Examples">How many (text: windows; words: pairs).</param>
/// <param name="Predictions">Predictions made: one per example, or one per token.</param>
/// <param name="LossSum">Sum of the examples' losses, in float64.</param>
/// <param name="Correct">Predictions that are right.</param>
/// <param name="Confusion">How often (truth, prediction) occurred; empty for text, and where the target is a number.</param>
/// <param name="Scores">Rising; empty unless the model gives the probabilities of two classes.</param>
public sealed record ShardEvaluation(
    long Examples, long Predictions, double LossSum, long Correct, IReadOnlyDictionary<(int Truth, int Predicted), long> Confusion, ScoreRun[] Scores)
{
    /// <summary>Where the target is a number: how far predictions are from it, in its own units; null otherwise.</summary>
    public NumberErrors? Numbers { get; init; }

    private const int MostRows = 256;
    private const int MostOutputs = 1 << 22;

    /// <summary>Evaluates one shard. The thread computes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">A file or glob in the model's format (idx: the images' file).</param>
    /// <param name="labels">idx: the labels' file.</param>
    /// <param name="shard">Which part.</param>
    /// <param name="shards">Of how many.</param>
    /// <exception cref="JobException">The data cannot be used, or not by this model.</exception>
    public static ShardEvaluation Run(TrainedModel model, string path, string? labels, int shard, int shards)
    {
        var kind = ModelKinds.Of(model.Model);
        if (kind.NothingToEvaluate(model.Model) is { } why)
        {
            throw new JobException($"{model.Name}: {why}");
        }

        var source = EvaluationSource.Read(model, path, labels, shard, shards);
        using var tensors = source.ToTensors(model.Model.Precision, model.Facts);
        using var parameters = model.Parameters();
        var sums = new Sums(model, source.Labelled?.Targets);
        var each = kind.OutputsPerExample(model.Model, model.Facts.Shape);
        var rows = (int)Math.Clamp(MostOutputs / each, 1, MostRows); // by the model alone: other shapes may give other last bits
        for (var first = 0; first < source.Rows; first += rows)
        {
            sums.Add(parameters, tensors, Enumerable.Range(first, Math.Min(rows, source.Rows - first)).ToArray(), shard);
        }

        return sums.Result();
    }

    private sealed class Sums(TrainedModel model, double[]? targets)
    {
        private readonly INetwork _network = model.Network();
        private readonly Dictionary<(int, int), long> _confusion = [];
        private readonly List<(double Score, bool Positive)> _scores = [];
        private readonly bool _hasClasses = !model.Data.IsText;
        private readonly bool _hasScores = !model.Data.IsText && model.Facts.Shape.Classes == 2 && model.Model.Loss == Loss.CrossEntropy;
        private long _examples;
        private long _predictions;
        private long _correct;
        private double _loss;
        private NumberErrors _numbers = NumberErrors.None;

        public void Add(FlatTensor parameters, IExampleTensors tensors, int[] rows, int shard)
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            var batch = tensors.Gather(rows, 0, new PassPlace(0, -1, shard, rows[0]));
            var outputs = _network.Outputs(parameters.Views, batch.Inputs).to(ScalarType.Float64);
            _loss += _network.Losses(outputs, batch.Targets).sum().item<double>();
            _examples += rows.Length;
            _predictions += batch.Targets.numel();
            if (targets is not null)
            {
                _numbers = _numbers.With(NumberErrors.Of(Outputs.Numbers(model, _network, outputs), [.. rows.Select(row => targets[row])]));
            }
            else if (_hasClasses)
            {
                Count(_network.Probabilities(outputs).flatten().data<double>().ToArray(), batch.Targets.data<long>().ToArray());
            }
            else
            {
                _correct += _network.Correct(outputs, batch.Targets).item<long>();
            }
        }

        private void Count(double[] outputs, long[] truths)
        {
            var width = outputs.Length / truths.Length;
            for (var row = 0; row < truths.Length; row++)
            {
                var (truth, chosen) = ((int)truths[row], Outputs.Of(model, _network, outputs.AsSpan(row * width, width)));
                _confusion[(truth, chosen.Class)] = _confusion.GetValueOrDefault((truth, chosen.Class)) + 1;
                _correct += truth == chosen.Class ? 1 : 0;
                if (_hasScores)
                {
                    _scores.Add((chosen.Values[1], truth == 1));
                }
            }
        }

        public ShardEvaluation Result() => new(_examples, _predictions, _loss, _correct, _confusion,
            [.. _scores.GroupBy(s => s.Score).OrderBy(g => g.Key).Select(g => new ScoreRun(g.Key, g.LongCount(s => s.Positive), g.LongCount(s => !s.Positive)))])
        {
            Numbers = targets is null ? null : _numbers,
        };
    }
}
