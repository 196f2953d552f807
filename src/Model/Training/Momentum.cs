using System.Numerics;
using System.Runtime.CompilerServices;

namespace Granary.Model.Training;

/// <summary>v &lt;- mu v + (g + lambda w); w &lt;- w - alpha v.</summary>
internal sealed class Momentum(double momentum, double weightDecay) : IOptimizer
{
    /// <inheritdoc/>
    public IReadOnlyList<string> State { get; } = ["velocity"];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on, and not after a thousand
    public void Update<T>(in UpdateRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (alpha, mu) = (new Vector<T>(T.CreateChecked(run.Rate)), new Vector<T>(T.CreateChecked(momentum)));
        var lambda = new Vector<T>(T.CreateChecked(run.Decays ? weightDecay : 0));
        var decaying = lambda != Vector<T>.Zero;
        var gradient = run.Gradient;
        var weights = run.Weights;
        var newWeights = run.NewWeights;
        var velocity = run.State(0);
        var newVelocity = run.NewState(0);
        for (var i = 0; i < weights.Length; i++)
        {
            var w = weights[i];
            var g = gradient[i];
            if (decaying)
            {
                g += lambda * w;
            }

            var v = (mu * velocity[i]) + g;
            newVelocity[i] = v;
            newWeights[i] = w - (alpha * v);
        }
    }
}
