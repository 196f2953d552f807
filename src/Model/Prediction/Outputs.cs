using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Prediction;

/// <summary>What a network's outputs say of one example.</summary>
internal static class Outputs
{
    /// <param name="model">The model.</param>
    /// <param name="network">Its network.</param>
    /// <param name="z">[1] log-odds of the second class, else [K].</param>
    public static Prediction Of(TrainedModel model, INetwork network, ReadOnlySpan<double> z)
    {
        if (z.Length == 1)
        {
            return new Prediction(z[0] >= 0 ? 1 : 0, [Sigma(-z[0]), Sigma(z[0])]);
        }

        var greatest = 0;
        for (var k = 1; k < z.Length; k++)
        {
            greatest = z[k] > z[greatest] ? k : greatest;
        }

        return new Prediction(greatest, !network.GivesProbabilities && model.Model.Loss == Loss.CrossEntropy ? Softmax.Of(z) : z.ToArray());
    }

    /// <summary>What a regression predicts, in the target's own units.</summary>
    /// <param name="model">The model.</param>
    /// <param name="network">Its network.</param>
    /// <param name="outputs">[B, 1] its outputs.</param>
    public static double[] Numbers(TrainedModel model, INetwork network, Tensor outputs) =>
        [.. (network.Numbers(outputs) ?? throw NoNumbers(model)).to(ScalarType.Float64).data<double>().ToArray().Select(z => model.Facts.TargetScaling.FromModel(z))];

    private static JobException NoNumbers(TrainedModel model) =>
        new($"{model.Name}: a {model.Model.Kind} learns numbers, but its network gives none: override INetwork.Numbers.");

    // 1 / (1 + e^-z); for z far below 0 e^-z is infinite, and the answer 0 is right.
    private static double Sigma(double z) => 1 / (1 + Math.Exp(-z));
}
