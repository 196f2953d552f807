using System.Numerics;
using System.Runtime.InteropServices;
using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Sparse rows, of which only those of one batch are ever written out with their zeros: [B, d].</summary>
internal sealed class SparseTensors : IExampleTensors
{
    private readonly SparseRows _rows;
    private readonly Precision _precision;
    private readonly InputShape _shape;
    private readonly Scaling? _scaling;
    private readonly RowTargets _targets;

    /// <param name="source">The rows' targets.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="precision">Of the tensors.</param>
    /// <param name="facts">What all shards agree on.</param>
    public SparseTensors(IFeatureSource source, SparseRows rows, Precision precision, DataFacts facts)
    {
        (_rows, _precision, _shape, _scaling) = (rows, precision, facts.Shape, facts.Scaling);
        _targets = new RowTargets(source, Enumerable.Range(0, source.Rows), precision, facts);
    }

    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        using var index = tensor(rows.ToArray(), ScalarType.Int32);
        var inputs = _precision == Precision.Float64 ? Inputs<double>(rows, ScalarType.Float64) : Inputs<float>(rows, ScalarType.Float32);
        return _targets.Batch(inputs, rows, index, digest);
    }

    private Tensor Inputs<T>(ReadOnlySpan<int> rows, ScalarType type)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Torch's own memory: its alignment is one of the things that the bits of a matrix product depend on.
        var inputs = zeros([rows.Length, _shape.Features], type);
        for (var b = 0; b < rows.Length; b++)
        {
            using var row = inputs[b];
            var x = MemoryMarshal.Cast<byte, T>(row.bytes);
            for (var f = 0; f < x.Length && _scaling is not null; f++)
            {
                x[f] = T.CreateChecked(_scaling.Apply(0, f));
            }

            var at = _rows.Features(rows[b]);
            var values = _rows.Values(rows[b]);
            for (var i = 0; i < at.Length; i++)
            {
                x[at[i]] = T.CreateChecked(_scaling.Apply(values[i], at[i]));
            }
        }

        return inputs;
    }

    /// <inheritdoc/>
    public void Dispose() => _targets.Dispose();
}
