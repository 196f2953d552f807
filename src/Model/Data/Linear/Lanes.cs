using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Granary.Model.Data.Linear;

/// <summary>Sums over runs of doubles in four lanes, whatever the processor's vectors hold: the bits depend on the numbers alone.</summary>
internal static class Lanes
{
    /// <summary>y + a x, in the place of y.</summary>
    /// <param name="a">a.</param>
    /// <param name="x">[n].</param>
    /// <param name="y">[n].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double a, ReadOnlySpan<double> x, Span<double> y)
    {
        var (i, factor) = (0, Vector256.Create(a));
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            (Vector256.Create<double>(y[i..]) + (factor * Vector256.Create<double>(x[i..]))).CopyTo(y[i..]);
        }

        for (; i < x.Length; i++)
        {
            y[i] += a * x[i];
        }
    }

    /// <summary>The sum of x y.</summary>
    /// <param name="x">[n].</param>
    /// <param name="y">[n].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (i, even, odd) = (0, Vector256<double>.Zero, Vector256<double>.Zero);
        for (; i <= x.Length - (2 * Vector256<double>.Count); i += 2 * Vector256<double>.Count)
        {
            even += Vector256.Create<double>(x[i..]) * Vector256.Create<double>(y[i..]);
            odd += Vector256.Create<double>(x[(i + Vector256<double>.Count)..]) * Vector256.Create<double>(y[(i + Vector256<double>.Count)..]);
        }

        var lanes = even + odd;
        var sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    /// <summary>(x - shift) times factor, in the place of x; a gap where x is NaN.</summary>
    /// <param name="x">[n].</param>
    /// <param name="gap">What NaN becomes before.</param>
    /// <param name="shift">Subtracted.</param>
    /// <param name="factor">Multiplied with.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(Span<double> x, double gap, double shift, double factor)
    {
        var (i, gaps, shifts, factors) = (0, Vector256.Create(gap), Vector256.Create(shift), Vector256.Create(factor));
        for (; i <= x.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            var values = Vector256.Create<double>(x[i..]);
            values = Vector256.ConditionalSelect(Vector256.Equals(values, values), values, gaps);
            ((values - shifts) * factors).CopyTo(x[i..]);
        }

        for (; i < x.Length; i++)
        {
            x[i] = ((double.IsNaN(x[i]) ? gap : x[i]) - shift) * factor;
        }
    }
}
