using System.Numerics;
using System.Runtime.CompilerServices;

namespace Granary.Model.Training;

/// <summary>v &lt;- mu v + (g + lambda w); w &lt;- w - alpha v.</summary>
internal sealed class Momentum(double momentum, double weightDecay) : IOptimizer
{
    /// <inheritdoc/>
    public int StatePerWeight => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on, and not after a thousand
    public void Update<T>(
        long step, double rate, bool decays, ReadOnlySpan<T> gradient, ReadOnlySpan<T> weights, Span<T> newWeights,
        ReadOnlySpan<T> first, Span<T> newFirst, ReadOnlySpan<T> second, Span<T> newSecond)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        VectorRuns.RequireLength<T>(weights.Length, gradient, newWeights);
        VectorRuns.RequireLength<T>(weights.Length, first, newFirst);
        var (alpha, mu) = (T.CreateChecked(rate), T.CreateChecked(momentum));
        var lambda = T.CreateChecked(decays ? weightDecay : 0);
        var (vAlpha, vMu, vLambda) = (new Vector<T>(alpha), new Vector<T>(mu), new Vector<T>(lambda));
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

            var v = (vMu * first.At(i)) + g;
            newFirst.Put(i, v);
            newWeights.Put(i, w - (vAlpha * v));
        }

        for (; i < weights.Length; i++)
        {
            var w = weights[i];
            var g = gradient[i];
            if (decaying)
            {
                g += lambda * w;
            }

            var v = (mu * first[i]) + g;
            newFirst[i] = v;
            newWeights[i] = w - (alpha * v);
        }
    }
}
