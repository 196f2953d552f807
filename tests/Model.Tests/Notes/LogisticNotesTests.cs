using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;
using Granary.Model.Prediction;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Notes;

/// <summary>The notes' first part: from sigma to binary cross-entropy, against plain arithmetic.</summary>
public class LogisticNotesTests
{
    private static readonly double[] Z = [-700, -30, -2.5, -0.75, 0, 0.125, 1, 3.5, 30, 700];

    private static double Sigma(double z) => z >= 0 ? 1 / (1 + Math.Exp(-z)) : Math.Exp(z) / (1 + Math.Exp(z));

    private static INetwork Network => NetworkCatalogue.Create(new ModelSection { Kind = "logistic", Precision = Precision.Float64 }, new InputShape(1, 2));

    [Fact]
    public void Sigma_is_1_over_1_plus_e_to_the_minus_z_and_its_derivative_sigma_times_1_minus_sigma()
    {
        using var scope = NewDisposeScope();
        var z = tensor(Z, requires_grad: true);
        var a = Activation.Sigmoid.Apply(z);
        a.sum().backward();
        for (var i = 0; i < Z.Length; i++)
        {
            Assert.Equal(Sigma(Z[i]), a[i].item<double>(), 1e-15);
            Assert.Equal(Sigma(Z[i]) * (1 - Sigma(Z[i])), z.grad![i].item<double>(), 1e-15);
        }
    }

    [Fact]
    public void The_loss_is_minus_the_logarithm_of_the_likelihood()
    {
        using var scope = NewDisposeScope();
        double[] z = [-2.5, -0.75, 0.125, 1, 3.5];
        long[] y = [0, 1, 1, 0, 1];
        var likelihood = 1.0; // the product over examples of y^ where y = 1 and of 1 - y^ where y = 0
        var logLikelihood = 0.0; // sum of y log y^ + (1 - y) log(1 - y^)
        for (var i = 0; i < z.Length; i++)
        {
            likelihood *= Math.Pow(Sigma(z[i]), y[i]) * Math.Pow(1 - Sigma(z[i]), 1 - y[i]);
            logLikelihood += (y[i] * Math.Log(Sigma(z[i]))) + ((1 - y[i]) * Math.Log(1 - Sigma(z[i])));
        }

        var loss = Network.LossSum(tensor(z).unsqueeze(1), tensor(y)).item<double>();
        Assert.Equal(Math.Log(likelihood), logLikelihood, 1e-12);
        Assert.Equal(-logLikelihood, loss, 1e-12);
        var each = Network.Losses(tensor(z).unsqueeze(1), tensor(y));
        Assert.Equal(-Math.Log(1 - Sigma(z[0])), each[0].item<double>(), 1e-12);
        Assert.Equal(-Math.Log(Sigma(z[1])), each[1].item<double>(), 1e-12);
    }

    [Fact]
    public void The_class_is_1_from_a_probability_of_one_half_on()
    {
        using var scope = NewDisposeScope();
        double[] z = [-1e-9, 0, 1e-9];
        foreach (var (y, right) in new[] { (0L, 1L), (1L, 2L) })
        {
            Assert.Equal(right, Network.Correct(tensor(z).unsqueeze(1), tensor(new[] { y, y, y })).item<long>());
        }

        // The saved model decides as training did: w = 1, b = 0, so that z is the input.
        var facts = new DataFacts(new InputShape(1, 2), ["no", "yes"], [], [], null) { Columns = ["z"] };
        var model = new ModelSection { Kind = "logistic", Precision = Precision.Float64 };
        using var predictor = new Predictor(new TrainedModel(
            "m", model, new DataSection { Format = "csv", Path = "d" }, facts, ModelShape.Of(model, facts.Shape), [1, 0]));
        Assert.Equal([0, 1, 1], predictor.Predict(z).Select(p => p.Class));
        foreach (var p in predictor.Predict(Z).Zip(Z))
        {
            Assert.Equal(Sigma(p.Second), p.First.Values[1], 1e-15);
            Assert.Equal(1 - Sigma(p.Second), p.First.Values[0], 1e-15);
        }
    }
}
