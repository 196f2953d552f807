using System.Numerics;
using Granary.Model.Custom;
using Granary.Model.Training;

namespace Granary.Extensions.Tests.Optimizers;

/// <summary>Adam by the greatest mean of squares so far (Reddi, Kale and Kumar, 2018): an optimiser with three vectors of state.</summary>
internal sealed class Cautious(OptimizerOptions options) : IOptimizer
{
    private readonly double _beta1 = options.Number("beta1", 0.9);
    private readonly double _beta2 = options.Number("beta2", 0.999);

    public IReadOnlyList<string> State { get; } = ["mean", "square", "greatest square"];

    public void Update<T>(in UpdateRun<T> run)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        static Vector<T> All(double value) => new(T.CreateChecked(value));

        var (beta1, rest1, beta2, rest2) = (All(_beta1), All(1 - _beta1), All(_beta2), All(1 - _beta2));
        var (rate, epsilon) = (All(run.Rate), All(1e-8));
        for (var i = 0; i < run.Length; i++)
        {
            var g = run.Gradient[i];
            var m = (beta1 * run.State(0)[i]) + (rest1 * g);
            var v = (beta2 * run.State(1)[i]) + (rest2 * g * g);
            var greatest = Vector.Max(run.State(2)[i], v);
            run.NewState(0)[i] = m;
            run.NewState(1)[i] = v;
            run.NewState(2)[i] = greatest;
            run.NewWeights[i] = run.Weights[i] - (rate * m / (Vector.SquareRoot(greatest) + epsilon));
        }
    }
}
