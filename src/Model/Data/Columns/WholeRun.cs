using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Granary.Model.Data;

/// <summary>Cells as whole numbers over a power of ten. The least number of the type stands for a missing one.</summary>
/// <typeparam name="T">The whole numbers.</typeparam>
/// <param name="cells">Cells times that power.</param>
/// <param name="times">The power.</param>
/// <param name="hasGaps">Whether a cell is missing.</param>
internal sealed class WholeRun<T>(T[] cells, double times, bool hasGaps) : CellRun
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    /// <summary>Keeps cells that are such numbers.</summary>
    public static WholeRun<T> Of(ReadOnlySpan<double> cells, double times)
    {
        var (whole, hasGaps) = (new T[cells.Length], false);
        for (var i = 0; i < whole.Length; i++)
        {
            var isMissing = double.IsNaN(cells[i]);
            whole[i] = isMissing ? T.MinValue : T.CreateTruncating((int)Math.Round(cells[i] * times));
            hasGaps |= isMissing;
        }

        return new WholeRun<T>(whole, times, hasGaps);
    }

    /// <inheritdoc/>
    public override int Count => cells.Length;

    /// <inheritdoc/>
    public override unsafe long Bytes => (long)cells.Length * sizeof(T);

    /// <inheritdoc/>
    public override double Times => times;

    /// <inheritdoc/>
    public override double this[int at] => cells[at] == T.MinValue ? double.NaN : int.CreateTruncating(cells[at]) / times;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void ReadTimes(int first, Span<double> into)
    {
        ReadOnlySpan<T> from = cells.AsSpan(first, into.Length);
        var i = 0;
        for (; i <= from.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            Four(from[i..]).CopyTo(into[i..]);
        }

        for (; i < from.Length; i++)
        {
            into[i] = int.CreateTruncating(from[i]);
        }

        for (i = 0; i < from.Length && hasGaps; i++)
        {
            into[i] = from[i] == T.MinValue ? double.NaN : into[i];
        }
    }

    /// <inheritdoc/>
    public override void ReadWhole(int first, Span<int> into)
    {
        var from = cells.AsSpan(first, into.Length);
        for (var i = 0; i < from.Length; i++)
        {
            into[i] = Place(from[i]);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Gather(int first, ReadOnlySpan<double> of, Span<double> into)
    {
        var own = cells.AsSpan(first, into.Length);
        for (var i = 0; i < own.Length; i++)
        {
            into[i] += of[Place(own[i]) + 1];
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Scatter(int first, ReadOnlySpan<double> from, Span<double> into)
    {
        var own = cells.AsSpan(first, from.Length);
        for (var i = 0; i < own.Length; i++)
        {
            into[Place(own[i]) + 1] += from[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(T cell) => cell == T.MinValue ? -1 : int.CreateTruncating(cell);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool TryAddScaled(int first, double shift, double factor, Span<double> into)
    {
        if (hasGaps)
        {
            return false;
        }

        ReadOnlySpan<T> own = cells.AsSpan(first, into.Length);
        var (i, shifts, factors) = (0, Vector256.Create(shift), Vector256.Create(factor));
        for (; i <= own.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            (Vector256.Create<double>(into[i..]) + ((Four(own[i..]) - shifts) * factors)).CopyTo(into[i..]);
        }

        for (; i < own.Length; i++)
        {
            into[i] += (int.CreateTruncating(own[i]) - shift) * factor;
        }

        return true;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override bool TryDot(int first, double shift, ReadOnlySpan<double> with, out double sum)
    {
        sum = 0;
        if (hasGaps)
        {
            return false;
        }

        ReadOnlySpan<T> own = cells.AsSpan(first, with.Length);
        var (i, shifts, even, odd) = (0, Vector256.Create(shift), Vector256<double>.Zero, Vector256<double>.Zero);
        for (; i <= own.Length - (2 * Vector256<double>.Count); i += 2 * Vector256<double>.Count)
        {
            even += (Four(own[i..]) - shifts) * Vector256.Create<double>(with[i..]);
            odd += (Four(own[(i + Vector256<double>.Count)..]) - shifts) * Vector256.Create<double>(with[(i + Vector256<double>.Count)..]);
        }

        var lanes = even + odd;
        sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
        for (; i < own.Length; i++)
        {
            sum += (int.CreateTruncating(own[i]) - shift) * with[i];
        }

        return true;
    }

    // The first four.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Four(ReadOnlySpan<T> from) => typeof(T) == typeof(int) && Avx.IsSupported
        ? Avx.ConvertToVector256Double(Vector128.Create<int>(MemoryMarshal.Cast<T, int>(from)))
        : Vector256.Create((double)int.CreateTruncating(from[0]), int.CreateTruncating(from[1]), int.CreateTruncating(from[2]), int.CreateTruncating(from[3]));
}
