using System.Numerics;
using System.Runtime.InteropServices;
using Granary.Jobs;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Data.Linear;

/// <summary>Some rows of a table in a batch, in the place of its inputs [B, D].</summary>
/// <param name="table">The table.</param>
/// <param name="rows">Which rows.</param>
/// <param name="isPass">Whether they are most of the table's rows, in its order: then all rows are read as they lie, and what the others give is left out.</param>
/// <param name="dense">Makes the rows with all of their features.</param>
internal sealed class LinearRows(LinearTable table, int[] rows, bool isPass, ReadyRows dense)
{
    /// <summary>The outputs of a linear network, W x + b.</summary>
    /// <param name="weights">W [K, D] and then b [K], in host memory.</param>
    /// <returns>[B, K].</returns>
    public Tensor Outputs(FlatTensor weights)
    {
        var outputs = (int)weights.Views[0].shape[0];
        var made = empty([rows.Length, outputs], weights.Type);
        if (weights.Type == ScalarType.Float64)
        {
            Outputs<double>(weights, outputs, made);
        }
        else
        {
            Outputs<float>(weights, outputs, made);
        }

        return made;
    }

    private unsafe void Outputs<T>(FlatTensor weights, int outputs, Tensor into)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var all = new ReadOnlySpan<T>(weights.Data, (table.Features + 1) * outputs);
        var w = all[..^outputs];
        var b = all[^outputs..];
        var own = MemoryMarshal.Cast<byte, T>(into.bytes);
        if (!isPass || rows.Length == table.Rows)
        {
            new LinearSums(table, isPass ? null : rows, rows.Length, outputs).Outputs(w, b, own);
            return;
        }

        var some = new T[table.Rows * outputs];
        new LinearSums(table, null, table.Rows, outputs).Outputs<T>(w, b, some);
        for (var i = 0; i < rows.Length; i++)
        {
            some.AsSpan(rows[i] * outputs, outputs).CopyTo(own[(i * outputs)..]);
        }
    }

    /// <summary>The gradient that follows from the derivatives by the outputs.</summary>
    /// <param name="slopes">[B, K].</param>
    /// <returns>[K, D] and [K].</returns>
    public (Tensor Weights, Tensor Bias) Gradient(Tensor slopes)
    {
        var outputs = (int)slopes.shape[1];
        var (weights, bias) = (empty([outputs, table.Features], slopes.dtype), empty([outputs], slopes.dtype));
        if (slopes.dtype == ScalarType.Float64)
        {
            Gradient<double>(slopes, outputs, weights, bias);
        }
        else
        {
            Gradient<float>(slopes, outputs, weights, bias);
        }

        return (weights, bias);
    }

    private void Gradient<T>(Tensor slopes, int outputs, Tensor weights, Tensor bias)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var inOrder = slopes.contiguous();
        var own = MemoryMarshal.Cast<byte, T>(inOrder.bytes);
        var w = MemoryMarshal.Cast<byte, T>(weights.bytes);
        var b = MemoryMarshal.Cast<byte, T>(bias.bytes);
        if (!isPass || rows.Length == table.Rows)
        {
            new LinearSums(table, isPass ? null : rows, rows.Length, outputs).Gradient<T>(own, w, b);
            return;
        }

        var all = new T[table.Rows * outputs];
        for (var i = 0; i < rows.Length; i++)
        {
            own.Slice(i * outputs, outputs).CopyTo(all.AsSpan(rows[i] * outputs));
        }

        new LinearSums(table, null, table.Rows, outputs).Gradient<T>(all, w, b);
    }

    /// <summary>The inputs.</summary>
    /// <param name="type">float32 or float64.</param>
    /// <returns>[B, D].</returns>
    public Tensor WrittenOut(ScalarType type) =>
        DenseTensors.Make(dense, type == ScalarType.Float64 ? Precision.Float64 : Precision.Float32, rows);
}
