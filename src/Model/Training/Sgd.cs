using System.Numerics;
using System.Runtime.CompilerServices;

namespace Granary.Model.Training;

/// <summary>w &lt;- w - alpha (g + lambda w).</summary>
internal sealed class Sgd(double weightDecay) : IOptimizer
{
    /// <inheritdoc/>
    public IReadOnlyList<string> State => [];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // from the first call on, and not after a thousand
    public void Update<T>(in UpdateRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var alpha = new Vector<T>(T.CreateChecked(run.Rate));
        var lambda = new Vector<T>(T.CreateChecked(run.Decays ? weightDecay : 0));
        var decaying = lambda != Vector<T>.Zero;
        var gradient = run.Gradient;
        var weights = run.Weights;
        var newWeights = run.NewWeights;
        for (var i = 0; i < weights.Length; i++)
        {
            var w = weights[i];
            var g = gradient[i];
            if (decaying)
            {
                g += lambda * w;
            }

            newWeights[i] = w - (alpha * g);
        }
    }
}
