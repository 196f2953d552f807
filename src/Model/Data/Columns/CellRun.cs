using System.Runtime.CompilerServices;

namespace Granary.Model.Data;

/// <summary>Cells of one column that follow on each other, in as few bytes as give the same doubles again: whole numbers of 8, 16 or 32 bits over a power of ten, which
/// most numbers in files and all places of texts are, or else the doubles themselves.</summary>
internal abstract class CellRun
{
    private static readonly double[] Tens = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    /// <summary>Cells.</summary>
    public abstract int Count { get; }

    /// <summary>Bytes that they take.</summary>
    public abstract long Bytes { get; }

    /// <summary>What <see cref="ReadTimes"/> multiplies cells with.</summary>
    public abstract double Times { get; }

    /// <summary>A cell; NaN where it is missing.</summary>
    public abstract double this[int at] { get; }

    /// <summary>Copies cells times <see cref="Times"/>; NaN where one is missing.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="into">As many as it has room for.</param>
    public abstract void ReadTimes(int first, Span<double> into);

    /// <summary>Copies cells that are whole numbers; -1 where one is missing.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="into">As many as it has room for.</param>
    public abstract void ReadWhole(int first, Span<int> into);

    /// <summary>Adds (cell times <see cref="Times"/> - shift) factor to each number, in the way of <see cref="Linear.Lanes"/>; false (default): cells have to be read for it.</summary>
    /// <param name="first">The first cell.</param>
    /// <param name="shift">Subtracted.</param>
    /// <param name="factor">Multiplied with.</param>
    /// <param name="into">As many numbers as cells.</param>
    public virtual bool TryAddScaled(int first, double shift, double factor, Span<double> into) => false;

    /// <summary>The sum of (cell times <see cref="Times"/> - shift) times a number; false (default): likewise.</summary>
    /// <param name="first">The first cell.</param>
    /// <param name="shift">Subtracted.</param>
    /// <param name="with">As many numbers as cells.</param>
    /// <param name="sum">The sum.</param>
    public virtual bool TryDot(int first, double shift, ReadOnlySpan<double> with, out double sum)
    {
        sum = 0;
        return false;
    }

    /// <summary>Adds to each number what belongs to its cell, a whole number that is a place.</summary>
    /// <param name="first">The first cell.</param>
    /// <param name="of">What belongs to a missing cell, and then to each place.</param>
    /// <param name="into">As many numbers as cells.</param>
    public abstract void Gather(int first, ReadOnlySpan<double> of, Span<double> into);

    /// <summary>Adds each number to what belongs to its cell, a whole number that is a place.</summary>
    /// <param name="first">The first cell.</param>
    /// <param name="from">As many numbers as cells.</param>
    /// <param name="into">What belongs to a missing cell, and then to each place.</param>
    public abstract void Scatter(int first, ReadOnlySpan<double> from, Span<double> into);

    /// <summary>Copies cells; NaN where one is missing.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="into">As many as it has room for.</param>
    public void Read(int first, Span<double> into)
    {
        ReadTimes(first, into);
        if (Times == 1)
        {
            return;
        }

        // Two exact numbers: the quotient is the double next to the decimal number, as it was when the cell was read.
        System.Numerics.Tensors.TensorPrimitives.Divide(into, Times, into);
    }

    /// <summary>Keeps cells.</summary>
    /// <param name="cells">NaN where one is missing.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static CellRun Of(ReadOnlySpan<double> cells)
    {
        var (power, most) = (0, 0.0);
        foreach (var x in cells)
        {
            if (double.IsNaN(x))
            {
                continue;
            }

            while (!IsWhole(x, Tens[power]))
            {
                if (++power == Tens.Length)
                {
                    return new DoubleRun(cells.ToArray());
                }
            }

            most = Math.Max(most, Math.Abs(x));
        }

        var (times, greatest) = (Tens[power], Math.Round(most * Tens[power]));
        return greatest <= sbyte.MaxValue ? WholeRun<sbyte>.Of(cells, times)
            : greatest <= short.MaxValue ? WholeRun<short>.Of(cells, times)
            : greatest <= int.MaxValue ? WholeRun<int>.Of(cells, times)
            : new DoubleRun(cells.ToArray());
    }

    // To the bit: -0 is no whole number.
    private static bool IsWhole(double x, double times) =>
        BitConverter.DoubleToInt64Bits((int)Math.Round(x * times) / times) == BitConverter.DoubleToInt64Bits(x);
}
