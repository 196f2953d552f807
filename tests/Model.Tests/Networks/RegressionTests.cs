using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

/// <summary>Losses of numbers and their gradients, against formulas written out and finite differences.</summary>
public unsafe class RegressionTests
{
    private static readonly double[] X = [0.3, -0.8, 0.5, 0.1, -0.4, 0.9, 0.7, 0.2, -0.6, -0.1, 0.6, -0.9];
    private static readonly double[] Y = [1.7, 0, 4.2];

    // Loss and derivative of one example, z being the output.
    private static readonly Dictionary<Loss, (Func<double, double, double> Of, Func<double, double, double> Slope)> Formulas = new()
    {
        [Loss.SquaredError] = ((z, y) => (z - y) * (z - y), (z, y) => 2 * (z - y)),
        [Loss.AbsoluteError] = ((z, y) => Math.Abs(z - y), (z, y) => Math.Sign(z - y)),
        [Loss.Huber] = (
            (z, y) => Math.Abs(z - y) <= 1.5 ? (z - y) * (z - y) / 2 : 1.5 * (Math.Abs(z - y) - 0.75),
            (z, y) => Math.Clamp(z - y, -1.5, 1.5)),
        [Loss.Quantile] = ((z, y) => y > z ? 0.8 * (y - z) : 0.2 * (z - y), (z, y) => y > z ? -0.8 : 0.2),
        [Loss.Poisson] = ((z, y) => Math.Exp(z) - (y * z), (z, y) => Math.Exp(z) - y),
    };

    public static TheoryData<string, Loss> Models =>
        [.. new[] { "linear", "mlp" }.SelectMany(kind => Formulas.Keys.Select(loss => (kind, loss)))];

    private static ModelSection Model(string kind, Loss loss, params int[] hidden) =>
        new() { Kind = kind, Hidden = hidden, Activation = Activation.Tanh, Loss = loss, Delta = 1.5, Quantile = 0.8, Precision = Precision.Float64 };

    private static Batch Batch() => new(tensor(X, [3, 4]), tensor(Y), 3, 3, 0);

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_are_the_finite_differences(string kind, Loss loss)
    {
        var (model, input) = (Model(kind, loss, kind == "mlp" ? [5, 3] : []), new InputShape(4, 0));
        FiniteDifference.Check(NetworkCatalogue.Create(model, input), ModelShape.Of(model, input), Batch);
    }

    // One linear map, of both kinds: the gradient is the sum over examples of slope(z, y) x, and of slope(z, y) for the bias.
    [Theory]
    [MemberData(nameof(Models))]
    public void Loss_and_gradient_are_those_of_the_formula(string kind, Loss loss)
    {
        var (model, input) = (Model(kind, loss), new InputShape(4, 0));
        var shape = ModelShape.Of(model, input);
        var network = NetworkCatalogue.Create(model, input);
        using var pass = new GradientPass(network, shape, Precision.Float64, "cpu");
        using var weights = RandomWeights.Of(shape, 3);
        using var gradient = new FlatTensor(shape, Precision.Float64);
        var result = pass.Gradient(weights, Batch, gradient);
        var w = (double*)weights.Data;
        var g = (double*)gradient.Data;
        var (expected, sum, errors) = (new double[5], 0.0, new List<double>());
        for (var b = 0; b < Y.Length; b++)
        {
            var z = w[4];
            for (var f = 0; f < 4; f++)
            {
                z += w[f] * X[(b * 4) + f];
            }

            sum += Formulas[loss].Of(z, Y[b]);
            errors.Add((loss == Loss.Poisson ? Math.Exp(z) : z) - Y[b]);
            for (var f = 0; f < 5; f++)
            {
                expected[f] += Formulas[loss].Slope(z, Y[b]) * (f < 4 ? X[(b * 4) + f] : 1);
            }
        }

        Assert.Equal(sum, result.LossSum, 1e-12);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(expected[i], g[i], 1e-12);
        }

        var evaluated = pass.Evaluate(weights, Batch);
        Assert.Equal(sum, evaluated.LossSum, 1e-12);
        Assert.Equal(errors.Sum(e => e * e), evaluated.Numbers!.SquaredErrors, 1e-12);
        Assert.Equal(errors.Sum(Math.Abs), evaluated.Numbers.AbsoluteErrors, 1e-12);
        Assert.Equal(Y.Average(), evaluated.Numbers.Mean, 1e-12);
    }

    [Fact]
    public void A_model_of_numbers_without_a_loss_for_them_is_refused() => Assert.Equal(
        "model.loss is cross-entropy, which tells classes apart, but data.target is number: choose another loss.",
        Assert.Throws<JobException>(() => NetworkCatalogue.Create(Model("linear", Loss.CrossEntropy), new InputShape(4, 0))).Message);
}
