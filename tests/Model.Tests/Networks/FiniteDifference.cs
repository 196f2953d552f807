using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

/// <summary>dL/dw_i is near (L(w_i + h) - L(w_i - h)) / 2h: what every gradient is held against, weight by weight, in float64.</summary>
internal static unsafe class FiniteDifference
{
    private const double H = 1e-5;

    public static void Check(INetwork network, IReadOnlyList<ParameterShape> shape, Func<Batch> batch)
    {
        using var pass = new GradientPass(network, shape, Precision.Float64, "cpu");
        using var weights = RandomWeights.Of(shape, 5);
        using var gradient = new FlatTensor(shape, Precision.Float64);
        using var unused = new FlatTensor(shape, Precision.Float64);
        pass.Gradient(weights, batch, gradient);
        var w = (double*)weights.Data;
        var g = (double*)gradient.Data;
        using var scope = NewDisposeScope();
        var drawn = batch();
        if (drawn.Place is not null)
        {
            Assert.Equal(pass.Gradient(weights, batch, unused).LossSum, Trained()); // the very loss whose gradient that is
        }

        for (var i = 0; i < ModelShape.Weights(shape); i++)
        {
            var kept = w[i];
            w[i] = kept + H;
            var up = Loss();
            w[i] = kept - H;
            var down = Loss();
            w[i] = kept;
            Assert.Equal((up - down) / (2 * H), g[i], 1e-6 * Math.Max(1, Math.Abs(g[i])));
        }

        double Loss() => drawn.Place is null ? pass.Evaluate(weights, batch).LossSum : Trained();

        // A training batch draws the same masks again for every pass. Only a training pass shows the loss under them; its way back is not
        // asked for here.
        double Trained()
        {
            using var inner = NewDisposeScope();
            using var mode = no_grad();
            return network.LossSum(network.Outputs(weights.Views, drawn.Inputs, drawn.Place), drawn.Targets).item<double>();
        }
    }
}
