using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

/// <summary>Vectors of categories below a multi-layer perceptron: gradients against finite differences, and the network against one of one-hot features, whose first layer
/// is the product of the first layer here and the vectors.</summary>
public unsafe class EmbeddingTests
{
    // Four features, the first and the third are rows of tables of 3 and 4 vectors.
    private static readonly EmbeddedFeature[] Embedded = [new(0, 3, 2, 1), new(2, 4, 3, 2)];
    private static readonly double[] X = [2, -0.8, 1, 0.1, 0, 0.9, 1, 0.2, 2, -0.1, 3, -0.9];

    private static InputShape Input(int classes, bool isMultiLabel = false) => new(4, classes) { Embedded = Embedded, IsMultiLabel = isMultiLabel };

    private static ModelSection Model(Loss loss = Loss.CrossEntropy) =>
        new() { Kind = "mlp", Hidden = [5], Activation = Activation.Tanh, Loss = loss, Precision = Precision.Float64 };

    private static Batch Batch(Func<Tensor> targets) => new(tensor(X, [3, 4]), targets(), 3, 3, 0);

    private static void Check(ModelSection model, InputShape input, Func<Tensor> targets) =>
        FiniteDifference.Check(NetworkCatalogue.Create(model, input), ModelShape.Of(model, input), () => Batch(targets));

    [Fact]
    public void Gradients_of_classes_are_the_finite_differences() => Check(Model(), Input(3), () => tensor(new long[] { 2, 0, 1 }));

    [Fact]
    public void Gradients_of_squared_errors_of_classes_are_too() => Check(Model(Loss.SquaredError), Input(3), () => tensor(new long[] { 2, 0, 1 }));

    [Fact]
    public void Gradients_of_numbers_are_too() => Check(Model(Loss.Huber), Input(0), () => tensor(new[] { 0.3, -2.5, 1 }));

    [Fact]
    public void Gradients_of_labels_are_too() => Check(Model(), Input(2, isMultiLabel: true), () => tensor(new double[] { 1, 0, 0, 1, 1, 1 }, [3, 2]));

    [Fact]
    public void Only_vectors_that_a_batch_looks_up_have_gradients()
    {
        var (model, input) = (Model(), Input(3));
        var shape = ModelShape.Of(model, input);
        using var pass = new GradientPass(NetworkCatalogue.Create(model, input), shape, Precision.Float64, "cpu");
        using var weights = RandomWeights.Of(shape, 3);
        using var gradient = new FlatTensor(shape, Precision.Float64);
        pass.Gradient(weights, () => Batch(() => tensor(new long[] { 2, 0, 1 })), gradient);
        var g = new Span<double>(gradient.Data, (int)ModelShape.Weights(shape)).ToArray();
        bool HasGradient(int row, int first, int width) => Enumerable.Range(first + (row * width), width).Any(i => g[i] != 0);
        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(r => HasGradient(r, 0, 2)));
        Assert.Equal([false, true, false, true], Enumerable.Range(0, 4).Select(r => HasGradient(r, 6, 3)));
    }

    [Fact]
    public void Outputs_are_those_of_one_hot_features_under_the_product_of_layer_and_vectors()
    {
        var (model, input) = (Model(), Input(3));
        using var weights = RandomWeights.Of(ModelShape.Of(model, input), 4);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var p = weights.Views; // [3, 2] [4, 3] [5, 7] [5] [3, 5] [3]
        var first = cat([p[2].narrow(1, 0, 2).mm(p[0].t()), p[2].narrow(1, 2, 1), p[2].narrow(1, 3, 3).mm(p[1].t()), p[2].narrow(1, 6, 1)], 1); // [5, 3 + 1 + 4 + 1]
        var x = new double[3 * 9];
        for (var b = 0; b < 3; b++)
        {
            x[(9 * b) + (int)X[4 * b]] = 1;
            x[(9 * b) + 3] = X[(4 * b) + 1];
            x[(9 * b) + 4 + (int)X[(4 * b) + 2]] = 1;
            x[(9 * b) + 8] = X[(4 * b) + 3];
        }

        var expected = NetworkCatalogue.Create(model, new InputShape(9, 3)).Outputs([first, p[3], p[4], p[5]], tensor(x, [3, 9]));
        var outputs = NetworkCatalogue.Create(model, input).Outputs(p, tensor(X, [3, 4]));
        Assert.True((outputs - expected).abs().max().item<double>() < 1e-14);
    }

    // As a check of gradients shakes its inputs.
    [Fact]
    public void A_rounding_of_a_row_s_number_changes_nothing()
    {
        var (model, input) = (Model(), Input(3));
        using var weights = RandomWeights.Of(ModelShape.Of(model, input), 4);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var network = NetworkCatalogue.Create(model, input);
        double[] shaken = [.. X.Select((x, i) => i % 4 is 0 or 2 ? x * (1 - 1e-7) : x)];
        Assert.True(network.Outputs(weights.Views, tensor(X, [3, 4])).eq(network.Outputs(weights.Views, tensor(shaken, [3, 4]))).all().item<bool>());
    }
}
