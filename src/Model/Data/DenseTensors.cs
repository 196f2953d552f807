using System.Numerics;
using System.Runtime.InteropServices;
using Granary.Jobs;
using static TorchSharp.torch;

namespace Granary.Model.Data;

/// <summary>Feature rows [n, d] and targets [n]. Resident where memory has room for them; else a row is made anew whenever a batch
/// asks for it, out of rows that may lie on disk. The bits are the same.</summary>
internal static class DenseTensors
{
    /// <summary>Chooses by the memory that is free now.</summary>
    /// <param name="source">The rows' labels.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="precision">Of the tensors.</param>
    /// <param name="facts">What all shards agree on.</param>
    /// <param name="order">The order in which every pass asks for rows, where there is one; it begins with rows that are asked for together.</param>
    public static IExampleTensors Create(IFeatureSource source, IDenseRows rows, Precision precision, DataFacts facts, int[]? order)
    {
        var bytes = (long)rows.Count * rows.Features * (precision == Precision.Float64 ? sizeof(double) : sizeof(float));
        return FreeMemory.HasRoomFor(bytes) ? new ResidentTensors(source, rows, precision, facts, order) : new PassingTensors(source, rows, precision, facts);
    }

    /// <summary>Some rows as a new tensor [B, d], whose memory is torch's own: alignment is one of the things that the bits of a matrix
    /// product depend on.</summary>
    public static Tensor Make(ReadyRows rows, Precision precision, ReadOnlySpan<int> chosen) =>
        precision == Precision.Float64 ? Make<double>(rows, ScalarType.Float64, chosen) : Make<float>(rows, ScalarType.Float32, chosen);

    private static Tensor Make<T>(ReadyRows rows, ScalarType type, ReadOnlySpan<int> chosen)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        const int Most = 1 << 24; // numbers at once: a tensor's bytes can be seen up to 2 GB
        var d = rows.Features;
        var made = empty([chosen.Length, d], type);
        var scratch = new double[d];
        var run = Math.Max(1, Most / Math.Max(1, d));
        for (var first = 0; first < chosen.Length; first += run)
        {
            var count = Math.Min(run, chosen.Length - first);
            using var part = made.narrow(0, first, count);
            var into = MemoryMarshal.Cast<byte, T>(part.bytes);
            for (var i = 0; i < count; i++)
            {
                rows.Make(chosen[first + i], scratch, into.Slice(i * d, d));
            }
        }

        return made;
    }
}

/// <summary>Rows made ready once.</summary>
internal sealed class ResidentTensors : IExampleTensors
{
    private readonly Tensor _features; // in the order of _order
    private readonly RowTargets _targets;
    private readonly int[]? _order; // null: that of the source
    private readonly int[]? _places;

    /// <inheritdoc cref="DenseTensors.Create"/>
    public ResidentTensors(IFeatureSource source, IDenseRows rows, Precision precision, DataFacts facts, int[]? order)
    {
        using var scope = NewDisposeScope();
        int[] own = order ?? [.. Enumerable.Range(0, rows.Count)];
        _features = DenseTensors.Make(new ReadyRows(rows, facts, source.Weights), precision, own).DetachFromDisposeScope();
        _targets = new RowTargets(source, own, precision, facts);
        if (order is not null)
        {
            _order = order;
            _places = new int[order.Length];
            for (var i = 0; i < order.Length; i++)
            {
                _places[order[i]] = i;
            }
        }
    }

    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        // What lies together need not be copied. From the first row on alone: elsewhere the memory is aligned otherwise.
        if (_order is not null && rows.SequenceEqual(_order.AsSpan(0, Math.Min(rows.Length, _order.Length))))
        {
            return _targets.First(_features.narrow(0, 0, rows.Length), digest);
        }

        using var index = empty(rows.Length, ScalarType.Int32);
        var places = MemoryMarshal.Cast<byte, int>(index.bytes); // tensor() would make two arrays of them first
        for (var b = 0; b < rows.Length; b++)
        {
            places[b] = _places is null ? rows[b] : _places[rows[b]];
        }

        return _targets.Batch(_features.index_select(0, index), places, index, digest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _features.Dispose();
        _targets.Dispose();
    }
}

/// <summary>Rows made ready batch by batch.</summary>
internal sealed class PassingTensors : IExampleTensors
{
    private readonly ReadyRows _rows;
    private readonly Precision _precision;
    private readonly RowTargets _targets;

    /// <inheritdoc cref="DenseTensors.Create"/>
    public PassingTensors(IFeatureSource source, IDenseRows rows, Precision precision, DataFacts facts)
    {
        (_rows, _precision) = (new ReadyRows(rows, facts, source.Weights), precision);
        _targets = new RowTargets(source, Enumerable.Range(0, rows.Count), precision, facts);
    }

    /// <inheritdoc/>
    public Batch Gather(ReadOnlySpan<int> rows, ulong digest, PassPlace place)
    {
        using var index = empty(rows.Length, ScalarType.Int32);
        MemoryMarshal.AsBytes(rows).CopyTo(index.bytes);
        return _targets.Batch(DenseTensors.Make(_rows, _precision, rows), rows, index, digest);
    }

    /// <inheritdoc/>
    public void Dispose() => _targets.Dispose();
}
