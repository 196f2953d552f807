using System.Numerics;
using System.Runtime.CompilerServices;
using Granary.Jobs;

namespace Granary.Model.Training;

/// <summary>
/// Kingma and Ba, 2015: m &lt;- b1 m + (1 - b1) g; v &lt;- b2 v + (1 - b2) g^2;
/// w &lt;- w - alpha / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps), t counted from 1.
/// Adam adds lambda w to the gradient; AdamW (Loshchilov and Hutter, 2019) shrinks w by the factor 1 - alpha lambda first.
/// </summary>
internal sealed class Adam(OptimizerSection options, bool decoupled) : IOptimizer
{
    /// <inheritdoc/>
    public int StatePerWeight => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on, and not after a thousand
    public void Update<T>(
        long step, double rate, bool decays, ReadOnlySpan<T> gradient, ReadOnlySpan<T> weights, Span<T> newWeights,
        ReadOnlySpan<T> first, Span<T> newFirst, ReadOnlySpan<T> second, Span<T> newSecond)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        VectorRuns.RequireLength<T>(weights.Length, gradient, newWeights);
        VectorRuns.RequireLength<T>(weights.Length, first, newFirst);
        VectorRuns.RequireLength<T>(weights.Length, second, newSecond);
        var lambda = decays ? options.WeightDecay : 0;
        var c = new Constants<T>(
            T.CreateChecked(options.Beta1),
            T.CreateChecked(1 - options.Beta1),
            T.CreateChecked(options.Beta2),
            T.CreateChecked(1 - options.Beta2),
            T.CreateChecked(rate / (1 - Math.Pow(options.Beta1, step + 1))),
            T.CreateChecked(Math.Sqrt(1 - Math.Pow(options.Beta2, step + 1))),
            T.CreateChecked(options.Epsilon),
            T.CreateChecked(decoupled ? 0 : lambda),
            T.CreateChecked(decoupled ? 1 - (rate * lambda) : 1));
        var v = new VectorConstants<T>(c);
        var i = 0;
        for (; i + Vector<T>.Count <= weights.Length; i += Vector<T>.Count)
        {
            var w = weights.At(i);
            var g = gradient.At(i) + (v.Lambda * w);
            var m = (v.Beta1 * first.At(i)) + (v.Rest1 * g);
            var s = (v.Beta2 * second.At(i)) + (v.Rest2 * (g * g));
            newFirst.Put(i, m);
            newSecond.Put(i, s);
            newWeights.Put(i, (v.Shrink * w) - (v.Rate * (m / ((Vector.SquareRoot(s) / v.Root2) + v.Epsilon))));
        }

        for (; i < weights.Length; i++)
        {
            var w = weights[i];
            var g = gradient[i] + (c.Lambda * w);
            var m = (c.Beta1 * first[i]) + (c.Rest1 * g);
            var s = (c.Beta2 * second[i]) + (c.Rest2 * (g * g));
            newFirst[i] = m;
            newSecond[i] = s;
            newWeights[i] = (c.Shrink * w) - (c.Rate * (m / ((T.Sqrt(s) / c.Root2) + c.Epsilon)));
        }
    }

    private readonly record struct Constants<T>(T Beta1, T Rest1, T Beta2, T Rest2, T Rate, T Root2, T Epsilon, T Lambda, T Shrink);

    private readonly ref struct VectorConstants<T>(Constants<T> c)
    {
        public readonly Vector<T> Beta1 = new(c.Beta1);
        public readonly Vector<T> Rest1 = new(c.Rest1);
        public readonly Vector<T> Beta2 = new(c.Beta2);
        public readonly Vector<T> Rest2 = new(c.Rest2);
        public readonly Vector<T> Rate = new(c.Rate);
        public readonly Vector<T> Root2 = new(c.Root2);
        public readonly Vector<T> Epsilon = new(c.Epsilon);
        public readonly Vector<T> Lambda = new(c.Lambda);
        public readonly Vector<T> Shrink = new(c.Shrink);
    }
}
