using Granary.Jobs;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Rows' labels as class ids [n], resident, and what each row weighs by its class.</summary>
internal sealed class ClassTargets : IDisposable
{
    private readonly Tensor _ids;
    private readonly double[]? _weights;

    /// <param name="labels">One per row.</param>
    /// <param name="facts">Which label is which class, and what a class weighs.</param>
    public ClassTargets(IEnumerable<string> labels, DataFacts facts)
    {
        var classes = new LabelIndex(facts.Classes);
        long[] targets = [.. labels.Select(label => (long)classes.Find(label)!.Value)];
        _ids = tensor(targets, ScalarType.Int64).DetachFromDisposeScope();
        _weights = facts.ClassWeights is { } weights ? [.. targets.Select(id => weights[id])] : null;
    }

    /// <summary>The first rows as a batch.</summary>
    /// <param name="inputs">[B, features] of these rows.</param>
    /// <param name="digest">Of the rows.</param>
    public Batch First(Tensor inputs, ulong digest)
    {
        var count = (int)inputs.shape[0];
        return Weighted(inputs, _ids.narrow(0, 0, count), _weights.AsSpan(0, _weights is null ? 0 : count).ToArray(), digest);
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

        return Weighted(inputs, _ids.index_select(0, index), weights, digest);
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
    public void Dispose() => _ids.Dispose();
}
