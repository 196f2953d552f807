using System.Numerics;
using Granary.Model.Custom;
using Granary.Model.Training;

namespace Granary.Extensions.Tests.Snippets.OwnModelsPage;

/// <summary>docs/how-to/own-models.md: compiled, so that the page stays true, and never run.</summary>
internal static class Program
{
    public static void Run()
    {
        OwnOptimizers.Add("signed", options => new SignedMomentum(options));
    }
}

public sealed class SignedMomentum(OptimizerOptions options) : IOptimizer // w <- w - alpha sign(v)
{
    private readonly double mu = options.Number("mu", fallback: 0.9, min: 0, max: 1);

    public IReadOnlyList<string> State { get; } = ["velocity"];

    public void Update<T>(in UpdateRun<T> run) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (alpha, mu) = (new Vector<T>(T.CreateChecked(run.Rate)), new Vector<T>(T.CreateChecked(this.mu)));
        for (var i = 0; i < run.Length; i++)
        {
            var v = (mu * run.State(0)[i]) + run.Gradient[i];
            run.NewState(0)[i] = v;
            run.NewWeights[i] = run.Weights[i] - (alpha * Vector.CopySign(Vector<T>.One, v));
        }
    }
}
