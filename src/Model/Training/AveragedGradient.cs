using System.Numerics;

namespace Granary.Model.Training;

/// <summary>Hands the averaged gradient on in the place of new weights: an optimiser that looks at all of it before it takes a step
/// makes its step from there, and keeps its state itself.</summary>
internal sealed class AveragedGradient(int statePerWeight) : IOptimizer
{
    /// <inheritdoc/>
    public int StatePerWeight => statePerWeight;

    /// <inheritdoc/>
    public void Update<T>(
        long step, double rate, bool decays, ReadOnlySpan<T> gradient, ReadOnlySpan<T> weights, Span<T> newWeights,
        ReadOnlySpan<T> first, Span<T> newFirst, ReadOnlySpan<T> second, Span<T> newSecond)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => gradient.CopyTo(newWeights);
}
