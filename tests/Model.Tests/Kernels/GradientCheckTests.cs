using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Kernels;
using Granary.Model.Networks;
using Granary.Model.Tests.Own;
using Granary.Model.Training;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Kernels;

public sealed unsafe class GradientCheckTests
{
    private const int Examples = 3;

    private static GradientFigure Check(ModelSection model, InputShape input, double scale = 1, double grown = 1, int examples = Examples, Func<int, Batch>? gather = null)
    {
        var shape = ModelShape.Of(model, input);
        using var weights = new FlatTensor(shape, Precision.Float32);
        var numbers = new Span<float>(weights.Data, (int)ModelShape.Weights(shape));
        InitialWeights.Fill(shape, 3, numbers);
        var job = new Job(1, "x", model, new DataSection { Format = "csv", Path = "d.csv" }, new TrainingSection { Epochs = 1, Seed = 3 });
        if (model.Precision == Precision.Float32)
        {
            ModuleWeights.Fill(job, input, numbers);
        }

        foreach (ref var number in numbers)
        {
            number *= (float)grown;
        }

        var before = numbers.ToArray();
        var figure = GradientCheck.Run(model, input, shape, "cpu", weights, gather ?? (set => Batch(model, input, set, examples, scale)));
        Assert.Equal(before, numbers.ToArray());
        return figure;
    }

    private static Batch Batch(ModelSection model, InputShape input, int set, int examples, double scale)
    {
        var random = SeededRandom.For(set, RandomPurpose.InitialWeights, 0, 0);
        long Id() => random.NextInt(input.Classes);
        Tensor Ids(int count, params long[] shape) => tensor(Enumerable.Range(0, count).Select(_ => Id()).ToArray(), shape);
        var place = new PassPlace(1, 0, 0, set);
        return model.Kind switch
        {
            "transformer" => new Batch(Ids(examples * model.Context, examples, model.Context), Ids(examples * model.Context, examples, model.Context), examples, examples, 0, place),
            "skip-gram" when model.Negatives > 0 => new Batch(Ids(examples * (2 + model.Negatives), examples, 2 + model.Negatives), zeros(examples, ScalarType.Int64), examples, examples, 0, place),
            "skip-gram" => new Batch(Ids(examples, examples), Ids(examples, examples), examples, examples, 0, place),
            _ => new Batch(
                tensor(Enumerable.Range(0, examples * input.Features).Select(i => (float)(((2 * random.NextDouble()) - 1) * (i % input.Features == 0 ? scale : 1))).ToArray(), [examples, input.Features]),
                Ids(examples, examples), examples, examples, 0, place),
        };
    }

    public static TheoryData<string> Healthy() => ["logistic", "softmax", "many classes", "sigmoid", "deep relu", "deep tanh", "squared error", "transformer", "long context", "skip-gram", "negatives", "own", "own with dropout"];

    private static (ModelSection Model, InputShape Input) Named(string name)
    {
        ModelSection Mlp(int layers, int width, Activation activation, Loss loss = Loss.CrossEntropy) =>
            new() { Kind = "mlp", Hidden = [.. Enumerable.Repeat(width, layers)], Activation = activation, Loss = loss };
        var text = new ModelSection { Kind = "transformer", Layers = 2, Width = 16, Heads = 2, Context = 9, Dropout = 0.1, Activation = Activation.Gelu };
        return name switch
        {
            "logistic" => (new() { Kind = "logistic" }, new(30, 2)),
            "softmax" => (new() { Kind = "softmax" }, new(30, 5)),
            "many classes" => (new() { Kind = "softmax" }, new(20, 20_000)),
            "sigmoid" => (Mlp(1, 30, Activation.Sigmoid), new(64, 10)),
            "deep relu" => (Mlp(20, 64, Activation.Relu), new(64, 10)),
            "deep tanh" => (Mlp(12, 32, Activation.Tanh), new(64, 10)),
            "squared error" => (Mlp(2, 16, Activation.Sigmoid, Loss.SquaredError), new(64, 10)),
            "transformer" => (text, new(0, 40)),
            "long context" => (text with { Context = 300, TiedUnembedding = true, Biases = false }, new(0, 100)),
            "skip-gram" => (new() { Kind = "skip-gram", Width = 8, Negatives = 0 }, new(0, 50)),
            "negatives" => (new() { Kind = "skip-gram", Width = 8, Negatives = 5 }, new(0, 50)),
            "own" => (Kinds.Model("digits-cnn", ("channels", "3")) with { Precision = Precision.Float32 }, new(64, 10)),
            _ => (Kinds.Model("digits-cnn", ("channels", "5"), ("dropout", "0.5")) with { Precision = Precision.Float32 }, new(64, 10)),
        };
    }

    [Theory]
    [MemberData(nameof(Healthy))]
    public void Of_a_healthy_job_it_is_rounding(string name)
    {
        var (model, input) = Named(name);
        var figure = Check(model, input);
        Assert.Null(figure.Skipped);
        Assert.InRange(figure.RelativeError!.Value, 0, 1e-4);
        Assert.Contains(ModelShape.Of(model, input), p => p.Name == figure.Parameter);
    }

    [Theory]
    [MemberData(nameof(Healthy))]
    public void Large_weights_learnt_examples_and_features_out_of_scale_are_no_fault(string name)
    {
        var (model, input) = Named(name);
        foreach (var (scale, grown, examples) in new[] { (1e6, 1.0, 3), (1e6, 1, 1), (1, 30, 3), (1, 30, 1), (1e3, 10, 2), (1e-6, 1, 3), (1, 0, 3) })
        {
            Assert.NotNull(Check(model, input, scale, grown, examples));
        }
    }

    [Theory]
    [InlineData(40.0)] // float32: 1 / (1 + e^-40) is 1, and the gradient 0; float64 has 4e-18
    [InlineData(18.0)]
    public void An_example_that_is_learnt_has_a_gradient_of_nothing_but_rounding(double margin)
    {
        var model = new ModelSection { Kind = "logistic" };
        var input = new InputShape(1, 2);
        var shape = ModelShape.Of(model, input);
        using var weights = new FlatTensor(shape, Precision.Float32);
        ((float*)weights.Data)[0] = (float)margin;
        var figure = GradientCheck.Run(model, input, shape, "cpu", weights, _ => new Batch(ones([1, 1], ScalarType.Float32), ones([1], ScalarType.Int64), 1, 1, 0));
        Assert.Null(figure.Skipped);
    }

    [Theory]
    [InlineData("twice", "before.weight", @"its norm is \S+, and \S+ in float64, a relative error of \S+, where rounding explains 0\.01 at most")]
    [InlineData("no-number", "before.weight", @"it has numbers that are NaN or infinite, where float64 has finite ones of norm [0-9.E+-]+")]
    public void A_parameter_whose_gradient_is_wrong_is_named(string kind, string parameter, string difference)
    {
        var model = Kinds.Model(kind) with { Precision = Precision.Float32 };
        var message = Assert.Throws<JobException>(() => Check(model, new InputShape(6, 3))).Message;
        Assert.Matches($@"^the gradient of {System.Text.RegularExpressions.Regex.Escape(parameter)} is wrong in float32: {difference}\. Either ", message);
        Assert.Contains("model.precision: float64", message);
        Assert.Equal("the job computes in float64", Check(Kinds.Model(kind), new InputShape(6, 3), gather: _ => throw new InvalidOperationException("needless")).Skipped);
    }

    [Fact]
    public void One_set_of_examples_that_differs_is_no_proof()
    {
        // A relu may decide otherwise by a rounding: here every set but the second is right.
        Kinds.WrongSets = [0];
        try
        {
            Assert.NotNull(Check(Kinds.Model("sometimes") with { Precision = Precision.Float32 }, new InputShape(6, 3)).RelativeError);
            Kinds.WrongSets = [0, 2];
            Assert.Throws<JobException>(() => Check(Kinds.Model("sometimes") with { Precision = Precision.Float32 }, new InputShape(6, 3)));
        }
        finally
        {
            Kinds.WrongSets = [];
        }
    }

    [Fact]
    public void A_program_that_calls_what_would_end_the_process_is_known()
    {
        Assert.True(UnguardedCalls.In(typeof(GradientCheck).Assembly));
        Assert.False(UnguardedCalls.In(typeof(JobException).Assembly));
        Assert.False(UnguardedCalls.Exist());
    }

    [Fact]
    public void A_model_that_cannot_compute_in_float64_is_left_alone() => Assert.StartsWith(
        "the model cannot compute in float64: ", Check(Kinds.Model("float-constants") with { Precision = Precision.Float32 }, new InputShape(6, 3)).Skipped);
}
