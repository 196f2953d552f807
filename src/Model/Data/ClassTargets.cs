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
        var ids = facts.Classes.Select((name, id) => (name, id)).ToDictionary(c => c.name, c => (long)c.id);
        long[] targets = [.. labels.Select(label => ids[label])];
        _ids = tensor(targets, ScalarType.Int64).DetachFromDisposeScope();
        _weights = facts.ClassWeights is { } weights ? [.. targets.Select(id => weights[id])] : null;
    }

    /// <summary>Some rows as a batch.</summary>
    /// <param name="inputs">[B, features] of these rows.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="index">[B] the rows.</param>
    /// <param name="digest">Of the rows.</param>
    public Batch Batch(Tensor inputs, ReadOnlySpan<int> rows, Tensor index, ulong digest)
    {
        var targets = _ids.index_select(0, index);
        if (_weights is null)
        {
            return new Batch(inputs, targets, rows.Length, rows.Length, digest);
        }

        var weights = new double[rows.Length];
        double sum = 0;
        for (var b = 0; b < weights.Length; b++)
        {
            sum += weights[b] = _weights[rows[b]];
        }

        return new Batch(inputs, targets, rows.Length, sum, digest) { Weights = tensor(weights, inputs.dtype) };
    }

    /// <inheritdoc/>
    public void Dispose() => _ids.Dispose();
}
