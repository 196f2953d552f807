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
    public IReadOnlyList<string> State { get; } = ["mean", "square"];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on, and not after a thousand
    public void Update<T>(in UpdateRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        static Vector<T> All(double value) => new(T.CreateChecked(value));

        var decay = run.Decays ? options.WeightDecay : 0;
        var (beta1, rest1) = (All(options.Beta1), All(1 - options.Beta1));
        var (beta2, rest2) = (All(options.Beta2), All(1 - options.Beta2));
        var rate = All(run.Rate / (1 - Math.Pow(options.Beta1, run.Step + 1)));
        var root2 = All(Math.Sqrt(1 - Math.Pow(options.Beta2, run.Step + 1)));
        var epsilon = All(options.Epsilon);
        var lambda = All(decoupled ? 0 : decay);
        var shrink = All(decoupled ? 1 - (run.Rate * decay) : 1);
        var gradient = run.Gradient;
        var weights = run.Weights;
        var newWeights = run.NewWeights;
        var mean = run.State(0);
        var newMean = run.NewState(0);
        var square = run.State(1);
        var newSquare = run.NewState(1);
        for (var i = 0; i < weights.Length; i++)
        {
            var w = weights[i];
            var g = gradient[i] + (lambda * w);
            var m = (beta1 * mean[i]) + (rest1 * g);
            var v = (beta2 * square[i]) + (rest2 * (g * g));
            newMean[i] = m;
            newSquare[i] = v;
            newWeights[i] = (shrink * w) - (rate * (m / ((Vector.SquareRoot(v) / root2) + epsilon)));
        }
    }
}
