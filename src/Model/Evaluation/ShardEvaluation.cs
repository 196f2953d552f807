using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Networks;
using Granary.Model.Prediction;
using static TorchSharp.torch;

namespace Granary.Model.Evaluation;

/// <summary>What a model makes of one shard of labelled examples.</summary>
/// <param name="Examples">How many (text: windows; words: pairs).</param>
/// <param name="Predictions">Predictions made: one per example, or one per token.</param>
/// <param name="LossSum">Sum of the examples' losses, in float64, each as often as its row weighs.</param>
/// <param name="Correct">Predictions that are right; where rows are weighted, what they weigh.</param>
/// <param name="Classes">What the predicted classes add up to; null for text, and where there are numbers or several labels.</param>
public sealed record ShardEvaluation(long Examples, long Predictions, double LossSum, double Correct, ClassCounts? Classes)
{
    /// <summary>What the rows weigh in all, where a column says it; null otherwise.</summary>
    public double? Weight { get; init; }

    /// <summary>Where a row has any number of labels: what they add up to; null otherwise.</summary>
    public LabelCounts? Labels { get; init; }

    /// <summary>Where the target is a number: how far predictions are from it, in its own units; null otherwise.</summary>
    public NumberErrors? Numbers { get; init; }

    /// <summary>Likewise: some of the examples, to be drawn; null otherwise.</summary>
    public NumberSample? Sample { get; init; }

    /// <summary>Scores that a shard keeps to rank its examples by, at most: 150 MB, 285 where rows are weighted.</summary>
    public const long MostScores = 1 << 24;

    private const int SampleOfAll = 2048;
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
        var sums = new Sums(model, source.Labelled?.Targets, source.Labelled?.Weights is not null, Math.Max(16, SampleOfAll / shards));
        var each = kind.OutputsPerExample(model.Model, model.Facts.Shape);
        var rows = (int)Math.Clamp(MostOutputs / each, 1, MostRows); // by the model alone: other shapes may give other last bits
        for (var first = 0; first < source.Rows; first += rows)
        {
            sums.Add(parameters, tensors, Enumerable.Range(first, Math.Min(rows, source.Rows - first)).ToArray(), shard);
        }

        return sums.Result();
    }

    private sealed class Sums(TrainedModel model, double[]? targets, bool isWeighted, int sample)
    {
        private readonly INetwork _network = model.Network();
        private readonly ClassTally? _classes = !model.Data.HasClasses ? null
            : new ClassTally(model.Facts.Shape.Classes, model.Model.Loss == Loss.CrossEntropy, MostScores);
        private readonly LabelTally? _labels = model.Data.IsMultiLabel ? new LabelTally(model.Facts.Shape.Classes, MostScores) : null;
        private readonly NumberSampler _sampler = new(sample);
        private long _examples;
        private long _predictions;
        private double _correct;
        private double _weight;
        private double _loss;
        private NumberErrors _numbers = NumberErrors.None;

        public void Add(FlatTensor parameters, IExampleTensors tensors, int[] rows, int shard)
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            var batch = tensors.Gather(rows, 0, new PassPlace(0, -1, shard, rows[0]));
            var outputs = _network.Outputs(parameters.Views, batch.Inputs).to(ScalarType.Float64);
            using var weights = batch.RowWeights is { } own ? tensor(own) : null;
            var losses = _network.Losses(outputs, batch.Targets);
            _loss += (weights is null ? losses.sum() : losses.dot(weights)).item<double>();
            _weight += batch.Weight;
            _examples += rows.Length;
            _predictions += _labels is null ? batch.Targets.numel() : rows.Length;
            if (targets is not null)
            {
                var predicted = Outputs.Numbers(model, _network, outputs);
                _numbers = _numbers.With(NumberErrors.Of(predicted, [.. rows.Select(row => targets[row])], batch.RowWeights));
                for (var i = 0; i < rows.Length; i++)
                {
                    if (batch.RowWeights?[i] == 0)
                    {
                        continue;
                    }

                    _sampler.Add(targets[rows[i]], predicted[i]);
                }
            }
            else if (_labels is not null)
            {
                CountLabels(outputs.flatten().data<double>().ToArray(), batch.Targets.to(ScalarType.Int64).data<long>().ToArray(), batch.RowWeights);
            }
            else if (_classes is not null)
            {
                Count(_network.Probabilities(outputs).flatten().data<double>().ToArray(), batch.Targets.data<long>().ToArray(), batch.RowWeights);
            }
            else
            {
                _correct += _network.Correct(outputs, batch.Targets).item<long>();
            }
        }

        private void Count(double[] outputs, long[] truths, double[]? weights)
        {
            var width = outputs.Length / truths.Length;
            for (var row = 0; row < truths.Length; row++)
            {
                var (truth, said) = ((int)truths[row], Outputs.Of(model, _network, outputs.AsSpan(row * width, width)));
                _classes!.Add(truth, said, weights?[row]);
                _correct += truth != said.Class ? 0 : weights?[row] ?? 1;
            }
        }

        private void CountLabels(double[] outputs, long[] truths, double[]? weights)
        {
            var labels = model.Facts.Shape.Classes;
            for (var row = 0; row < truths.Length / labels; row++)
            {
                _labels!.Add(truths.AsSpan(row * labels, labels), Outputs.Labels(outputs.AsSpan(row * labels, labels)), weights?[row]);
            }
        }

        public ShardEvaluation Result() => new(_examples, _predictions, _loss, _correct, _classes?.Result())
        {
            Labels = _labels?.Result(),
            Weight = isWeighted ? _weight : null,
            Numbers = targets is null ? null : _numbers,
            Sample = targets is null ? null : _sampler.Sample,
        };
    }
}
