using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Prediction;

/// <summary>What the raw outputs of a logistic, softmax or MLP model say of one example.</summary>
internal static class Outputs
{
    /// <param name="model">The model.</param>
    /// <param name="z">[1] log-odds (logistic), else [K].</param>
    public static Prediction Of(TrainedModel model, ReadOnlySpan<double> z)
    {
        if (model.Model.Kind == ModelKind.Logistic)
        {
            return new Prediction(z[0] >= 0 ? 1 : 0, [Sigma(-z[0]), Sigma(z[0])]);
        }

        var greatest = 0;
        for (var k = 1; k < z.Length; k++)
        {
            greatest = z[k] > z[greatest] ? k : greatest;
        }

        // A kind of one's own gives probabilities itself.
        return new Prediction(greatest, model.Model.Kind != ModelKind.Own && model.Model.Loss == Loss.CrossEntropy ? Softmax.Of(z) : z.ToArray());
    }

    // 1 / (1 + e^-z); for z far below 0 e^-z is infinite, and the answer 0 is right.
    private static double Sigma(double z) => 1 / (1 + Math.Exp(-z));
}
