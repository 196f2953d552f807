using System.Numerics;
using System.Runtime.CompilerServices;

namespace Granary.Model.Training;

/// <summary>w &lt;- w - alpha (g + lambda w).</summary>
internal sealed class Sgd(double weightDecay) : IOptimizer
{
    /// <inheritdoc/>
    public int StatePerWeight => 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on, and not after a thousand
    public void Update<T>(
        long step, double rate, bool decays, ReadOnlySpan<T> gradient, ReadOnlySpan<T> weights, Span<T> newWeights,
        ReadOnlySpan<T> first, Span<T> newFirst, ReadOnlySpan<T> second, Span<T> newSecond)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        VectorRuns.RequireLength<T>(weights.Length, gradient, newWeights);
        var alpha = T.CreateChecked(rate);
        var lambda = T.CreateChecked(decays ? weightDecay : 0);
        var (vAlpha, vLambda) = (new Vector<T>(alpha), new Vector<T>(lambda));
        var decaying = lambda != T.Zero;
        var i = 0;
        for (; i + Vector<T>.Count <= weights.Length; i += Vector<T>.Count)
        {
            var w = weights.At(i);
            var g = gradient.At(i);
            if (decaying)
            {
                g += vLambda * w;
            }

            newWeights.Put(i, w - (vAlpha * g));
        }

        for (; i < weights.Length; i++)
        {
            var g = gradient[i];
            if (decaying)
            {
                g += lambda * weights[i];
            }

            newWeights[i] = weights[i] - (alpha * g);
        }
    }
}
