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
    public static Prediction Of(TrainedModel model, INetwork network, ReadOnlySpan<double> z) => Of(model.Model, network, z, model.Facts.Threshold);

    /// <param name="model">The job's section.</param>
    /// <param name="network">Its network.</param>
    /// <param name="z">As above.</param>
    /// <param name="threshold">Two classes: the second is chosen from this probability on; null: from 0.5 on.</param>
    public static Prediction Of(ModelSection model, INetwork network, ReadOnlySpan<double> z, double? threshold)
    {
        if (z.Length == 1)
        {
            var p = Sigma(z[0]);
            return new Prediction((threshold is { } from ? p >= from : z[0] >= 0) ? 1 : 0, [Sigma(-z[0]), p]);
        }

        var greatest = 0;
        for (var k = 1; k < z.Length; k++)
        {
            greatest = z[k] > z[greatest] ? k : greatest;
        }

        var values = !network.GivesProbabilities && model.Loss == Loss.CrossEntropy ? Softmax.Of(z) : z.ToArray();
        return new Prediction(threshold is { } least && values.Length == 2 ? values[1] >= least ? 1 : 0 : greatest, values);
    }

    /// <summary>What is said of several labels: a label is there from a probability of 0.5 on.</summary>
    /// <param name="z">[K] log-odds of each label.</param>
    public static Prediction Labels(ReadOnlySpan<double> z)
    {
        var (values, labels) = (new double[z.Length], new bool[z.Length]);
        for (var k = 0; k < z.Length; k++)
        {
            (values[k], labels[k]) = (Sigma(z[k]), z[k] >= 0);
        }

        return new Prediction(-1, values) { Labels = labels };
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
