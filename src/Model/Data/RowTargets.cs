using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Rows' targets [n], resident: their labels as class ids and what each row weighs by its class, or numbers.</summary>
internal sealed class RowTargets : IDisposable
{
    private readonly Tensor _targets;
    private readonly double[]? _weights;

    /// <param name="source">The rows.</param>
    /// <param name="order">Which of them, in this order.</param>
    /// <param name="precision">Of targets that are numbers.</param>
    /// <param name="facts">Which label is which class, and what a class weighs; or what a number is standardised with.</param>
    public RowTargets(IFeatureSource source, IEnumerable<int> order, Precision precision, DataFacts facts)
    {
        if (source.Targets is { } numbers)
        {
            double[] scaled = [.. order.Select(row => facts.TargetScaling.ToModel(numbers[row]))];
            _targets = tensor(scaled, precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32).DetachFromDisposeScope();
            return;
        }

        var classes = new LabelIndex(facts.Classes);
        long[] targets = [.. order.Select(row => (long)classes.Find(source.Label(row))!.Value)];
        _targets = tensor(targets, ScalarType.Int64).DetachFromDisposeScope();
        _weights = facts.ClassWeights is { } weights ? [.. targets.Select(id => weights[id])] : null;
    }

    /// <summary>The first rows as a batch.</summary>
    /// <param name="inputs">[B, features] of these rows.</param>
    /// <param name="digest">Of the rows.</param>
    public Batch First(Tensor inputs, ulong digest)
    {
        var count = (int)inputs.shape[0];
        return Weighted(inputs, _targets.narrow(0, 0, count), _weights.AsSpan(0, _weights is null ? 0 : count).ToArray(), digest);
    }

    /// <summary>Some rows as a batch.</summary>
    /// <param name="inputs">[B, features] of these rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="index">[B] the rows.</param>
    /// <param name="digest">Of the rows.</param>
    public Batch Batch(Tensor inputs, ReadOnlySpan<int> rows, Tensor index, ulong digest)
    {
        var weights = new double[_weights is null ? 0 : rows.Length];
        for (var b = 0; b < weights.Length; b++)
        {
            weights[b] = _weights![rows[b]];
        }

        return Weighted(inputs, _targets.index_select(0, index), weights, digest);
    }

    private Batch Weighted(Tensor inputs, Tensor targets, double[] weights, ulong digest)
    {
        var count = (int)inputs.shape[0];
        if (_weights is null)
        {
            return new Batch(inputs, targets, count, count, digest);
        }

        double sum = 0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        return new Batch(inputs, targets, count, sum, digest) { Weights = tensor(weights, inputs.dtype) };
    }

    /// <inheritdoc/>
    public void Dispose() => _targets.Dispose();
}
