using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Networks;
using Granary.Model.Prediction;
using static TorchSharp.torch;

namespace Granary.Model.Evaluation;

/// <summary>The figures of a model by which columns are compared, over rows that come batch by batch: loss and accuracy, or the errors of numbers. In float64.</summary>
/// <param name="model">The model.</param>
/// <param name="network">Its network.</param>
internal sealed class ComparedFigures(TrainedModel model, INetwork network)
{
    private double _weight;
    private double _loss;
    private double _right;
    private NumberErrors _numbers = NumberErrors.None;

    /// <summary>Mean loss of an example.</summary>
    public double Loss => _loss / _weight;

    /// <summary>Part of the examples that is right.</summary>
    public double Accuracy => _right / _weight;

    /// <summary>Where the target is a number: the errors.</summary>
    public NumberFigures Numbers => _numbers.Figures();

    /// <summary>Adds a batch.</summary>
    /// <param name="outputs">[B, K] of the network, float64.</param>
    /// <param name="batch">Targets and what rows weigh.</param>
    /// <param name="truths">[B] Where the target is a number: the truths in its own units.</param>
    public void Add(Tensor outputs, Batch batch, ReadOnlySpan<double> truths)
    {
        var weights = batch.RowWeights;
        _weight += weights?.Sum() ?? batch.Count;
        if (model.Facts.Shape.IsNumber)
        {
            _numbers = _numbers.With(NumberErrors.Of(Outputs.Numbers(model, network, outputs), truths, weights));
            return;
        }

        using var factors = weights is null ? null : tensor(weights);
        var losses = network.Losses(outputs, batch.Targets);
        _loss += (factors is null ? losses.sum() : losses.dot(factors)).item<double>();
        var values = (model.Facts.Shape.IsMultiLabel ? outputs : network.Probabilities(outputs)).flatten().data<double>().ToArray(); // [B, K]
        var marks = batch.Targets.to(ScalarType.Int64).flatten().data<long>().ToArray(); // [B], or of labels [B, K]
        var (k, of) = (values.Length / batch.Count, marks.Length / batch.Count);
        for (var row = 0; row < batch.Count; row++)
        {
            _right += IsRight(values.AsSpan(row * k, k), marks.AsSpan(row * of, of)) ? weights?[row] ?? 1 : 0;
        }
    }

    private bool IsRight(ReadOnlySpan<double> z, ReadOnlySpan<long> truth)
    {
        if (!model.Facts.Shape.IsMultiLabel)
        {
            return Outputs.Of(model, network, z).Class == truth[0];
        }

        for (var k = 0; k < z.Length; k++)
        {
            if (z[k] >= 0 != (truth[k] == 1))
            {
                return false;
            }
        }

        return true;
    }
}
