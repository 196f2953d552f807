using System.Numerics;
using System.Numerics.Tensors;
using Granary.Grains.ModelState;

namespace Granary.Grains.Exchange;

/// <summary>Adds a block's contributions along the tree, divides by their weight and updates, a piece at a time: a piece goes through all
/// that is done to it while it lies in the cache next to the processor. Every number meets the same operations in the same order as it
/// would if each of them went over the whole block.</summary>
/// <param name="levels">Height of the tree.</param>
/// <param name="update">The optimiser.</param>
internal sealed unsafe class BlockPass<T>(int levels, BlockUpdate<T> update) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Numbers in a piece: 4 KB of float32.</summary>
    private const int Piece = 1024;

    private readonly NativeVector<T> _scratch = new((levels + 2L) * Piece);

    /// <summary>Sum of the weights, added in the order of the numbers.</summary>
    /// <param name="program">See <see cref="SumProgram"/>.</param>
    /// <param name="weights">One per contribution.</param>
    public static double Weight(ReadOnlySpan<int> program, ReadOnlySpan<double> weights)
    {
        Span<double> stack = stackalloc double[program.Length];
        var top = 0;
        foreach (var op in program)
        {
            if (op == SumProgram.Add)
            {
                top--;
                stack[top - 1] += stack[top];
            }
            else
            {
                stack[top++] = weights[op];
            }
        }

        return stack[0];
    }

    /// <summary>Averages a block and looks through it.</summary>
    /// <param name="program">See <see cref="SumProgram"/>.</param>
    /// <param name="contributions">Addresses of the block in each of them.</param>
    /// <param name="weight">Sum of their weights.</param>
    /// <param name="step">The step.</param>
    /// <param name="averages">[block] receives the averages.</param>
    /// <exception cref="NonFiniteException">An average is NaN or infinite.</exception>
    public void Average(ReadOnlySpan<int> program, ReadOnlySpan<nint> contributions, double weight, long step, Span<T> averages)
    {
        for (var start = 0; start < averages.Length; start += Piece)
        {
            var piece = averages.Slice(start, Math.Min(Piece, averages.Length - start));
            Average(program, contributions, start, T.CreateChecked(weight), piece);
            update.RequireFinite(piece, step, NonFinitePart.Gradient);
        }
    }

    /// <summary>Averages a block and updates it.</summary>
    /// <param name="program">See <see cref="SumProgram"/>.</param>
    /// <param name="contributions">Addresses of the block in each of them.</param>
    /// <param name="weight">Sum of their weights.</param>
    /// <param name="step">The step.</param>
    /// <param name="rate">alpha.</param>
    /// <param name="block">Which block.</param>
    /// <param name="length">Numbers in it.</param>
    /// <param name="from">Version t.</param>
    /// <param name="to">Receives version t + 1 of the block.</param>
    /// <exception cref="NonFiniteException">An average or a new weight is NaN or infinite.</exception>
    public void Update(
        ReadOnlySpan<int> program, ReadOnlySpan<nint> contributions, double weight, long step, double rate, int block, int length,
        ModelVersion<T> from, ModelVersion<T> to)
    {
        for (var start = 0; start < length; start += Piece)
        {
            var piece = new Span<T>(_scratch.Data + ((levels + 1) * Piece), Math.Min(Piece, length - start));
            Average(program, contributions, start, T.CreateChecked(weight), piece);
            update.RequireFinite(piece, step, NonFinitePart.Gradient);
            update.Apply(block, start, step, rate, piece, from, to);
        }
    }

    private void Average(ReadOnlySpan<int> program, ReadOnlySpan<nint> contributions, int start, T weight, Span<T> average)
    {
        var length = average.Length;
        Span<nint> stack = stackalloc nint[levels + 2];
        var top = 0;
        foreach (var op in program)
        {
            if (op != SumProgram.Add)
            {
                stack[top++] = (nint)((T*)contributions[op] + start);
                continue;
            }

            top--;
            var sum = _scratch.Data + ((top - 1) * Piece);
            TensorPrimitives.Add(
                new ReadOnlySpan<T>((T*)stack[top - 1], length), new ReadOnlySpan<T>((T*)stack[top], length), new Span<T>(sum, length));
            stack[top - 1] = (nint)sum;
        }

        Divide(new ReadOnlySpan<T>((T*)stack[0], length), weight, average);
    }

    // The reciprocal of a power of two is exact, and so its product is the quotient to the bit: a third of the time.
    private static void Divide(ReadOnlySpan<T> sum, T weight, Span<T> into)
    {
        if (T.IsZero(weight))
        {
            into.Clear(); // no row of the batch weighs anything: there is nowhere to go
        }
        else if (T.IsPow2(weight) && T.IsNormal(T.One / weight))
        {
            TensorPrimitives.Multiply(sum, T.One / weight, into);
        }
        else
        {
            TensorPrimitives.Divide(sum, weight, into);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();
}
