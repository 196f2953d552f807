using System.Numerics;
using System.Numerics.Tensors;

namespace Granary.Grains.Exchange;

/// <summary>What became NaN or infinite.</summary>
internal enum NonFinitePart { Loss, Gradient, Weights }

/// <summary>A loss, a gradient or the weights after a step became NaN or infinite: the step must not be taken.</summary>
/// <param name="step">The step.</param>
/// <param name="shard">The shard, where it is known.</param>
/// <param name="part">Which of them.</param>
/// <param name="value">What it became.</param>
internal sealed class NonFiniteException(long step, int? shard, NonFinitePart part, double value) : Exception
{
    public long Step { get; } = step;

    public int? Shard { get; } = shard;

    public NonFinitePart Part { get; } = part;

    public double Value { get; } = value;

    /// <summary>Looks through a run of numbers of a step.</summary>
    /// <exception cref="NonFiniteException">One is NaN or infinite.</exception>
    public static void ThrowIfAny<T>(ReadOnlySpan<T> values, long step, NonFinitePart part)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!TensorPrimitives.IsFiniteAll(values))
        {
            throw new NonFiniteException(step, null, part, double.CreateChecked(TensorPrimitives.MaxMagnitude(values)));
        }
    }
}
