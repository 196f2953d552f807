using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

/// <summary>The loss of several labels and its gradient, against the formula written out and finite differences.</summary>
public unsafe class LabelNetworkTests
{
    private const int Labels = 3;

    private static readonly double[] X = [0.3, -0.8, 0.5, 0.1, -0.4, 0.9, 0.7, 0.2, -0.6, -0.1, 0.6, -0.9];
    private static readonly double[] Y = [1, 0, 1, 0, 0, 0, 1, 1, 1];
    private static readonly double[] Weights = [2, 0, 0.5];
    private static readonly InputShape Input = new(4, Labels) { IsMultiLabel = true };

    private static ModelSection Model(string kind, params int[] hidden) =>
        new() { Kind = kind, Hidden = hidden, Activation = Activation.Tanh, Precision = Precision.Float64 };

    private static Batch Batch() => new(tensor(X, [3, 4]), tensor(Y, [3, Labels]), 3, 3, 0);

    private static Batch Weighted() => Batch() with { Weight = Weights.Sum(), Weights = tensor(Weights), RowWeights = Weights };

    [Theory]
    [InlineData("logistic")]
    [InlineData("mlp")]
    public void Gradients_are_the_finite_differences(string kind)
    {
        var model = Model(kind, kind == "mlp" ? [5, 3] : []);
        FiniteDifference.Check(NetworkCatalogue.Create(model, Input), ModelShape.Of(model, Input), Batch);
    }

    // One linear map, of both kinds: of label k the gradient is the sum over rows of w (sigma(z_k) - y_k) / K x.
    [Theory]
    [InlineData("logistic", false)]
    [InlineData("mlp", false)]
    [InlineData("logistic", true)]
    public void Loss_and_gradient_are_those_of_the_formula(string kind, bool weighted)
    {
        var (model, own) = (Model(kind), weighted ? Weights : [1, 1, 1]);
        var shape = ModelShape.Of(model, Input);
        using var pass = new GradientPass(NetworkCatalogue.Create(model, Input), shape, Precision.Float64, "cpu");
        using var weights = RandomWeights.Of(shape, 3);
        using var gradient = new FlatTensor(shape, Precision.Float64);
        var result = pass.Gradient(weights, weighted ? Weighted : Batch, gradient);
        var w = (double*)weights.Data;
        var g = (double*)gradient.Data;
        var (expected, sum, right, exact) = (new double[5 * Labels], 0.0, 0.0, 0);
        for (var b = 0; b < 3; b++)
        {
            var isExact = true;
            for (var k = 0; k < Labels; k++)
            {
                var z = w[(4 * Labels) + k];
                for (var f = 0; f < 4; f++)
                {
                    z += w[(4 * k) + f] * X[(4 * b) + f];
                }

                var (p, y) = (1 / (1 + Math.Exp(-z)), Y[(Labels * b) + k]);
                sum -= own[b] / Labels * ((y * Math.Log(p)) + ((1 - y) * Math.Log(1 - p)));
                isExact &= p >= 0.5 == (y == 1);
                for (var f = 0; f < 5; f++)
                {
                    expected[f < 4 ? (4 * k) + f : (4 * Labels) + k] += own[b] * (p - y) / Labels * (f < 4 ? X[(4 * b) + f] : 1);
                }
            }

            (exact, right) = (exact + (isExact ? 1 : 0), right + (isExact ? own[b] : 0));
        }

        Assert.Equal(sum, result.LossSum, 1e-12);
        Assert.Equal(own.Sum(), result.Weight);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], g[i], 1e-12);
        }

        var evaluated = pass.Evaluate(weights, weighted ? Weighted : Batch);
        Assert.Equal(sum, evaluated.LossSum, 1e-12);
        Assert.Equal((3, exact), (evaluated.Predictions, evaluated.Correct));
        Assert.Equal(weighted ? right : null, evaluated.RightWeight);
    }

    [Fact]
    public void Parameters_are_named_by_label()
    {
        var shape = ModelShape.Of(Model("logistic"), Input);
        Assert.Equal([Labels, 4], shape[0].Dims);
        Assert.Equal([Axis.Class, Axis.Feature], shape[0].Axes);
        Assert.Equal([1, 4], ModelShape.Of(Model("logistic"), new InputShape(4, 2))[0].Dims);
    }
}
