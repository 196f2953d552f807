using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using Granary.Model.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

public unsafe class GradientTests
{
    private static readonly ModelSection Gpt = new()
    {
        Kind = "transformer",
        Layers = 2,
        Width = 8,
        Heads = 2,
        Context = 5,
        Activation = Activation.Gelu,
        Precision = Precision.Float64,
    };

    public static TheoryData<string, Activation, Loss> Models => new()
    {
        { "logistic", Activation.Relu, Loss.CrossEntropy },
        { "softmax", Activation.Relu, Loss.CrossEntropy },
        { "mlp", Activation.Sigmoid, Loss.CrossEntropy },
        { "mlp", Activation.Tanh, Loss.CrossEntropy },
        { "mlp", Activation.Relu, Loss.CrossEntropy },
        { "mlp", Activation.Gelu, Loss.SquaredError },
        { "mlp", Activation.Sigmoid, Loss.SquaredError },
        { "transformer", Activation.Gelu, Loss.CrossEntropy },
        { "transformer", Activation.Tanh, Loss.CrossEntropy },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Gradients_are_the_finite_differences(string kind, Activation activation, Loss loss)
    {
        var model = kind == "transformer"
            ? Gpt with { Activation = activation }
            : new ModelSection { Kind = kind, Hidden = kind == "mlp" ? [6, 5] : [], Activation = activation, Loss = loss, Precision = Precision.Float64 };
        var (shape, input, batch) = Problem(model);
        FiniteDifference.Check(NetworkCatalogue.Create(model, input), shape, batch);
    }

    [Fact]
    public void Logistic_gradient_is_the_error_times_the_input() => ClosedForm("logistic", (z, y) => [(1 / (1 + Math.Exp(-z[0]))) - y]);

    [Fact]
    public void Softmax_gradient_is_probabilities_minus_one_hot_times_the_input() => ClosedForm("softmax", (z, y) =>
    {
        var e = z.Select(Math.Exp).ToArray();
        return [.. e.Select((p, k) => (p / e.Sum()) - (k == y ? 1 : 0))];
    });

    [Fact]
    public void Squared_error_gradient_is_the_chain_rule_s() => ClosedForm("mlp", (z, y) =>
        [.. z.Select((v, k) =>
        {
            var a = 1 / (1 + Math.Exp(-v));
            return a * (1 - a) * 2 * (a - (k == y ? 1 : 0)); // sigma'(z) 2 (a - y)
        })]);

    // One linear layer: the gradient is sum over examples of error(z, y) x^T, and of error(z, y) for the bias.
    private static void ClosedForm(string kind, Func<double[], long, double[]> error)
    {
        var model = new ModelSection { Kind = kind, Activation = Activation.Sigmoid, Loss = kind == "mlp" ? Loss.SquaredError : Loss.CrossEntropy, Precision = Precision.Float64 };
        var (shape, input, batch) = Problem(model);
        using var pass = new GradientPass(NetworkCatalogue.Create(model, input), shape, Precision.Float64, "cpu");
        using var weights = RandomWeights.Of(shape, 3);
        using var gradient = new FlatTensor(shape, Precision.Float64);
        pass.Gradient(weights, batch, gradient);
        var (outputs, features) = (shape[0].Dims[0], shape[0].Dims[1]);
        var w = (double*)weights.Data;
        var g = (double*)gradient.Data;
        var expected = new double[outputs * (features + 1)];
        using var scope = NewDisposeScope();
        var examples = batch();
        for (var b = 0; b < examples.Count; b++)
        {
            var x = examples.Inputs[b].data<double>().ToArray();
            var z = Enumerable.Range(0, outputs).Select(o => w[(outputs * features) + o] + x.Select((v, f) => v * w[(o * features) + f]).Sum()).ToArray();
            var e = error(z, examples.Targets[b].item<long>());
            for (var o = 0; o < outputs; o++)
            {
                expected[(outputs * features) + o] += e[o];
                for (var f = 0; f < features; f++)
                {
                    expected[(o * features) + f] += e[o] * x[f];
                }
            }
        }

        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], g[i], 1e-12 * Math.Max(1, Math.Abs(expected[i])));
        }
    }

    [Fact]
    public void A_token_changes_no_output_before_it()
    {
        var shape = ModelShape.Of(Gpt, new InputShape(0, 7));
        var network = NetworkCatalogue.Create(Gpt, new InputShape(0, 7));
        using var weights = RandomWeights.Of(shape, 1);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var before = network.Outputs(weights.Views, tensor(new long[] { 1, 2, 3, 4, 5 }, [1, 5]));
        var after = network.Outputs(weights.Views, tensor(new long[] { 1, 2, 3, 0, 5 }, [1, 5]));
        Assert.True(before.narrow(1, 0, 3).eq(after.narrow(1, 0, 3)).all().item<bool>());
        Assert.False(before.narrow(1, 3, 2).eq(after.narrow(1, 3, 2)).all().item<bool>());
    }

    [Fact]
    public void Threads_at_once_compute_the_same_bits_and_keep_no_tensor()
    {
        var model = Gpt with { Precision = Precision.Float32 };
        var (shape, input, batch) = Problem(model);
        var network = NetworkCatalogue.Create(model, input);
        using var weights = new FlatTensor(shape, Precision.Float32);
        InitialWeights.Fill(shape, 1, new Span<float>(weights.Data, (int)ModelShape.Weights(shape)));
        var hashes = new string[4];
        var leaks = new long[4];
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            using var pass = new GradientPass(network, shape, Precision.Float32, "cpu");
            using var gradient = new FlatTensor(shape, Precision.Float32);
            var examples = batch();
            Batch Same() => examples;
            pass.Gradient(weights, Same, gradient);
            var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            for (var i = 0; i < 50; i++)
            {
                pass.Gradient(weights, Same, gradient);
            }

            leaks[t] = DisposeScopeManager.Statistics.ThreadTotalLiveCount - before;
            hashes[t] = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(
                new ReadOnlySpan<byte>(gradient.Data, (int)ModelShape.Weights(shape) * 4)));
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.All(hashes, h => Assert.Equal(hashes[0], h));
        Assert.All(leaks, l => Assert.Equal(0, l));
    }

    // torch reads scalars by a handle that a finaliser frees: one that nothing holds on to may go while it is being read.
    [Fact]
    public void Garbage_collections_in_the_middle_of_a_pass_change_nothing()
    {
        using var stop = new CancellationTokenSource();
        var collecting = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collecting.Start();
        try
        {
            foreach (var model in new[] { Gpt with { Dropout = 0.25 }, new ModelSection { Kind = "logistic", Precision = Precision.Float64 } })
            {
                var (shape, input, batch) = Problem(model);
                using var pass = new GradientPass(NetworkCatalogue.Create(model, input), shape, Precision.Float64, "cpu");
                using var weights = RandomWeights.Of(shape, 5);
                using var gradient = new FlatTensor(shape, Precision.Float64);
                var first = pass.Evaluate(weights, batch);
                var trained = pass.Gradient(weights, Training, gradient);
                for (var i = 0; i < 500; i++)
                {
                    Assert.Equal(first, pass.Evaluate(weights, batch));
                    Assert.Equal(trained, pass.Gradient(weights, Training, gradient));
                }

                Batch Training() => batch() with { Place = new PassPlace(1, 2, 3, 4) };
            }
        }
        finally
        {
            stop.Cancel();
            collecting.Join();
        }
    }

    private static (IReadOnlyList<ParameterShape> Shape, InputShape Input, Func<Batch> Batch) Problem(ModelSection model)
    {
        var text = model.Kind == "transformer";
        var input = new InputShape(text ? 0 : 4, text ? 7 : model.Kind == "logistic" ? 2 : 3);
        var random = SeededRandom.For(9, RandomPurpose.Validation, 0, 0);
        var x = Enumerable.Range(0, 12).Select(_ => (2 * random.NextDouble()) - 1).ToArray();
        var y = Enumerable.Range(0, 3).Select(_ => (long)random.NextInt(input.Classes)).ToArray();
        var tokens = Enumerable.Range(0, 30).Select(_ => (long)random.NextInt(7)).ToArray();
        var type = model.Precision == Precision.Float64 ? ScalarType.Float64 : ScalarType.Float32;
        return (ModelShape.Of(model, input), input, () => text
            ? new Batch(tensor(tokens[..15], [3, 5]), tensor(tokens[15..], [3, 5]), 3, 3, 0)
            : new Batch(tensor(x, [3, 4], type), tensor(y), 3, 3, 0));
    }
}
