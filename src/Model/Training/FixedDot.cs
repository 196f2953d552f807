using System.Numerics;
using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>Dot products whose bits depend on the two vectors alone: float64 per block, as four interleaved sums, and the blocks'
/// sums added along the fixed tree over the blocks.</summary>
public static class FixedDot
{
    /// <summary>a b, of vectors of one length.</summary>
    public static double Of<TA, TB>(ReadOnlySpan<TA> a, ReadOnlySpan<TB> b)
        where TA : unmanaged, INumberBase<TA>
        where TB : unmanaged, INumberBase<TB>
    {
        var sums = new double[(a.Length + BlockPlan.BlockSize - 1) / BlockPlan.BlockSize];
        for (var block = 0; block < sums.Length; block++)
        {
            var start = block * BlockPlan.BlockSize;
            var length = Math.Min(BlockPlan.BlockSize, a.Length - start);
            sums[block] = Block(a.Slice(start, length), b.Slice(start, length));
        }

        return new SumTree(sums.Length).Sum(i => sums[i])!.Value;
    }

    private static double Block<TA, TB>(ReadOnlySpan<TA> a, ReadOnlySpan<TB> b)
        where TA : unmanaged, INumberBase<TA>
        where TB : unmanaged, INumberBase<TB>
    {
        double w = 0, x = 0, y = 0, z = 0;
        var i = 0;
        for (; i + 4 <= a.Length; i += 4)
        {
            w += double.CreateTruncating(a[i]) * double.CreateTruncating(b[i]);
            x += double.CreateTruncating(a[i + 1]) * double.CreateTruncating(b[i + 1]);
            y += double.CreateTruncating(a[i + 2]) * double.CreateTruncating(b[i + 2]);
            z += double.CreateTruncating(a[i + 3]) * double.CreateTruncating(b[i + 3]);
        }

        for (; i < a.Length; i++)
        {
            w += double.CreateTruncating(a[i]) * double.CreateTruncating(b[i]);
        }

        return (w + x) + (y + z);
    }
}
