using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

/// <summary>A backward pass that pauses against one that does not.</summary>
public unsafe class BackwardCutTests
{
    private const int Rows = 6;

    private static readonly ModelSection Gpt = new()
    {
        Kind = "transformer",
        Layers = 3,
        Width = 8,
        Heads = 2,
        Context = 5,
        Activation = Activation.Gelu,
    };

    private static readonly Dictionary<string, (ModelSection Model, int Pauses)> Cases = new()
    {
        ["softmax"] = (new ModelSection { Kind = "softmax" }, 0),
        ["mlp"] = (new ModelSection { Kind = "mlp", Hidden = [9, 7, 5], Activation = Activation.Tanh }, 3),
        ["mlp, squared error"] = (new ModelSection { Kind = "mlp", Hidden = [9], Activation = Activation.Sigmoid, Loss = Loss.SquaredError }, 1),
        ["cnn"] = (new ModelSection { Kind = "cnn", Channels = [3], Hidden = [5] }, 2),
        ["gpt"] = (Gpt, 4),
        ["gpt, tied"] = (Gpt with { TiedUnembedding = true }, 4),
        ["gpt, no norms, no biases, dropout"] = (Gpt with { LayerNorm = false, Biases = false, Dropout = 0.4 }, 4),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_is_final_is_the_whole_pass_s_to_the_bit(string name)
    {
        var (model, pauses) = Cases[name];
        foreach (var precision in new[] { Precision.Float32, Precision.Float64 })
        {
            using var scope = NewDisposeScope();
            var (shape, network, make) = Problem(model with { Precision = precision });
            var examples = make(); // once: products of numbers that lie otherwise in memory may be rounded otherwise
            Batch Same() => examples;
            using var pass = new GradientPass(network, shape, precision, "cpu");
            using var weights = Weights(shape, precision);
            using var whole = new FlatTensor(shape, precision);
            using var cut = new FlatTensor(shape, precision);
            var expected = pass.Gradient(weights, Same, whole);
            var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            var told = new List<long>();
            var found = pass.Gradient(weights, Same, cut, finalFrom: (weight, from) =>
            {
                Assert.Equal(expected.Weight, weight);
                Assert.Equal(Bytes(whole, from), Bytes(cut, from));
                told.Add(from);
            });
            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount); // nothing is left of the pauses
            Assert.Equal(expected, found);
            Assert.Equal(Bytes(whole, 0), Bytes(cut, 0));
            Assert.Equal(pauses, told.Count);
            Assert.Equal(told.Order().Reverse().Distinct(), told);
            Assert.All(told, from => Assert.InRange(from, 1, whole.Tensor.numel() - 1));

            // Added to the weights, in the place of some other gradient.
            using var sum = new FlatTensor(shape, precision);
            sum.Tensor.copy_(weights.Tensor.add(whole.Tensor));
            foreach (var finalFrom in new Action<double, long>?[] { null, (_, _) => { } })
            {
                cut.Tensor.copy_(weights.Tensor);
                Assert.Equal(expected, pass.Gradient(weights, Same, cut, adds: true, finalFrom));
                Assert.Equal(Bytes(sum, 0), Bytes(cut, 0));
            }
        }
    }

    // -0 + 0 is 0: a shard that has no gradient of a parameter adds zeros, as it would from a gradient of its own.
    [Fact]
    public void A_parameter_without_a_gradient_counts_as_zero()
    {
        ParameterShape[] shape = [new("used", [1, 4], Initialisation.Zero, 0, true), new("unused", [3], Initialisation.Zero, 0, true)];
        using var scope = NewDisposeScope();
        using var pass = new GradientPass(new Partly(), shape, Precision.Float32, "cpu");
        using var weights = new FlatTensor(shape, Precision.Float32);
        using var gradient = new FlatTensor(shape, Precision.Float32);
        var examples = new Batch(ones(2, 4), zeros(2, ScalarType.Int64), 2, 2, 0);
        var numbers = new Span<float>(gradient.Data, 7);
        numbers.Fill(float.NaN);
        pass.Gradient(weights, () => examples, gradient);
        Assert.Equal([2, 2, 2, 2, 0, 0, 0], numbers.ToArray());
        numbers.Fill(-0f);
        pass.Gradient(weights, () => examples, gradient, adds: true);
        Assert.Equal([2, 2, 2, 2, 0, 0, 0], numbers.ToArray());
        Assert.All(numbers.ToArray(), n => Assert.False(float.IsNegative(n)));
    }

    private sealed class Partly : INetwork
    {
        public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null) =>
            nn.functional.linear(inputs, parameters[0]);

        public Tensor LossSum(Tensor outputs, Tensor targets) => outputs.sum();

        public Tensor Losses(Tensor outputs, Tensor targets) => outputs.sum(1);

        public Tensor Correct(Tensor outputs, Tensor targets) => zeros(1);
    }

    [Fact]
    public void Nothing_is_final_of_a_pass_whose_loss_is_not_finite()
    {
        var (shape, network, batch) = Problem(Cases["mlp"].Model);
        using var pass = new GradientPass(network, shape, Precision.Float32, "cpu");
        using var weights = Weights(shape, Precision.Float32);
        using var gradient = new FlatTensor(shape, Precision.Float32);
        new Span<float>(weights.Data, (int)weights.Tensor.numel()).Fill(float.NaN);
        Assert.True(double.IsNaN(pass.Gradient(weights, batch, gradient, finalFrom: (_, _) => Assert.Fail("it was told")).LossSum));
    }

    private static FlatTensor Weights(IReadOnlyList<ParameterShape> shape, Precision precision)
    {
        using var scope = NewDisposeScope();
        using var random = RandomWeights.Of(shape, 3);
        var weights = new FlatTensor(shape, precision);
        weights.Tensor.copy_(random.Tensor);
        return weights;
    }

    private static byte[] Bytes(FlatTensor vector, long from)
    {
        var size = vector.Type == ScalarType.Float64 ? 8 : 4;
        return new ReadOnlySpan<byte>((byte*)vector.Data + (from * size), (int)((vector.Tensor.numel() - from) * size)).ToArray();
    }

    private static (IReadOnlyList<ParameterShape> Shape, INetwork Network, Func<Batch> Batch) Problem(ModelSection model)
    {
        var random = new Random(4);
        var input = model.Kind == "transformer" ? new InputShape(0, 7) : new InputShape(4, 3) { Image = new ImageSize(1, 2, 2) };
        var type = model.Precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        var numbers = Enumerable.Range(0, Rows * 4).Select(_ => random.NextDouble() - 0.5).ToArray();
        var tokens = Enumerable.Range(0, 2 * Rows * 5).Select(_ => (long)random.Next(7)).ToArray();
        var targets = Enumerable.Range(0, Rows).Select(_ => (long)random.Next(3)).ToArray();
        return (ModelShape.Of(model, input), NetworkCatalogue.Create(model, input), () => model.Kind == "transformer"
            ? new Batch(tensor(tokens[..(Rows * 5)], [Rows, 5]), tensor(tokens[(Rows * 5)..], [Rows, 5]), Rows, Rows, 0, new PassPlace(Seed: 3, Epoch: 1, Shard: 2, First: 12))
            : new Batch(tensor(numbers, [Rows, 4], dtype: type), tensor(targets), Rows, Rows, 0));
    }
}
