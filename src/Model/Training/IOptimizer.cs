using System.Numerics;

namespace Granary.Model.Training;

/// <summary>A rule that turns an averaged gradient into new weights, element by element, so that the edges of blocks and
/// slices cannot show in the result. Reads the old weights and state and writes new ones, into other memory.</summary>
public interface IOptimizer
{
    /// <summary>Numbers of state kept per weight: 0 (sgd), 1 (momentum) or 2 (adam, adamw). State starts at 0.</summary>
    int StatePerWeight { get; }

    /// <summary>Updates a run of weights that share one answer to "does it decay".</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="rate">alpha after the schedule.</param>
    /// <param name="decays">Whether weight decay applies to this run.</param>
    /// <param name="gradient">Averaged (and clipped) gradient.</param>
    /// <param name="weights">w.</param>
    /// <param name="newWeights">Receives w'; may be <paramref name="weights"/> itself.</param>
    /// <param name="first">First state vector, or empty.</param>
    /// <param name="newFirst">Receives it; may be the same memory.</param>
    /// <param name="second">Second state vector, or empty.</param>
    /// <param name="newSecond">Receives it; may be the same memory.</param>
    void Update<T>(
        long step,
        double rate,
        bool decays,
        ReadOnlySpan<T> gradient,
        ReadOnlySpan<T> weights,
        Span<T> newWeights,
        ReadOnlySpan<T> first,
        Span<T> newFirst,
        ReadOnlySpan<T> second,
        Span<T> newSecond)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
