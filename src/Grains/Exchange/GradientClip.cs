using System.Numerics;
using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Clipping by the global norm of the averaged gradient: g becomes g * min(1, c / (|g| + 1e-6)), as PyTorch's
/// clip_grad_norm_ has it. The squared norm is float64 per block, combined in a fixed tree over the blocks as they lie.</summary>
internal sealed unsafe class GradientClip(double clipNorm, ExchangeLayout layout) : IDisposable
{
    private readonly NativeVector<double> _squares = new(layout.Blocks.Blocks);
    private readonly SumTree _tree = new(layout.Blocks.Blocks);
    private int _known;
    private double? _norm;

    /// <summary>Whether every block's squared norm is known.</summary>
    public bool Complete => _known == layout.Blocks.Blocks;

    /// <summary>Forgets the last step.</summary>
    public void Begin() => (_known, _norm) = (0, null);

    /// <summary>Where the squared norms from a block on are kept.</summary>
    public double* Slot(int block) => _squares.Data + block;

    /// <summary>Takes note of one block of this member's own slice.</summary>
    public void SetBlock(int block, double square)
    {
        _squares.Data[block] = square;
        _known++;
    }

    /// <summary>Takes note of blocks received in place.</summary>
    public void SetBlocks(int count) => _known += count;

    /// <summary>|g|, before it is clipped: the same bits on every member. Only once every block's squared norm is known.</summary>
    public double Norm() => _norm ??= Math.Sqrt(_tree.Sum(place => _squares.Data[layout.Blocks.At(place)])!.Value);

    /// <summary>The factor on the gradient.</summary>
    public double Factor() => Math.Min(1, clipNorm / (Norm() + 1e-6));

    /// <summary>Sum of squares in float64: four interleaved sums, the same on every machine.</summary>
    public static double SquaredNorm<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double a = 0, b = 0, c = 0, d = 0;
        var i = 0;
        for (; i + 4 <= values.Length; i += 4)
        {
            double w = double.CreateTruncating(values[i]), x = double.CreateTruncating(values[i + 1]);
            double y = double.CreateTruncating(values[i + 2]), z = double.CreateTruncating(values[i + 3]);
            a += w * w;
            b += x * x;
            c += y * y;
            d += z * z;
        }

        for (; i < values.Length; i++)
        {
            var x = double.CreateTruncating(values[i]);
            a += x * x;
        }

        return (a + b) + (c + d);
    }

    /// <inheritdoc/>
    public void Dispose() => _squares.Dispose();
}
