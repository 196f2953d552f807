using Granary.Jobs;
using Granary.Model.Custom;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Networks;
using Granary.Model.Prediction;
using Granary.Model.Tests.Networks;
using Granary.Model.Training;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Own;

public sealed unsafe class OwnModelTests : IDisposable
{
    private const int Examples = 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Func<Batch> Batch(InputShape input, PassPlace? place = null) => () =>
    {
        var random = SeededRandom.For(2, RandomPurpose.InitialWeights, 0, 0);
        var x = Enumerable.Range(0, Examples * input.Features).Select(_ => (2 * random.NextDouble()) - 1).ToArray();
        return new Batch(
            tensor(x, [Examples, input.Features]), tensor(Enumerable.Range(0, Examples).Select(i => (long)(i % input.Classes)).ToArray()), Examples, Examples, 0, place);
    };

    private static void FiniteDifferences(ModelSection model, InputShape input, PassPlace? place = null) =>
        FiniteDifference.Check(NetworkCatalogue.Create(model, input), ModelShape.Of(model, input), Batch(input, place));

    [Fact]
    public void The_sample_s_gradients_are_the_finite_differences() =>
        FiniteDifferences(Kinds.Model("digits-cnn", ("channels", "2")), new InputShape(16, 3));

    [Fact]
    public void So_they_are_under_dropout_whose_masks_come_from_the_pass_s_place()
    {
        var (model, input) = (Kinds.Model("digits-cnn", ("channels", "2"), ("dropout", "0.5")), new InputShape(16, 3));
        FiniteDifferences(model, input, new PassPlace(1, 2, 3, 4));
        double Loss(PassPlace? place)
        {
            var shape = ModelShape.Of(model, input);
            using var pass = new GradientPass(NetworkCatalogue.Create(model, input), shape, Precision.Float64, "cpu");
            using var weights = RandomWeights.Of(shape, 5);
            using var gradient = new FlatTensor(shape, Precision.Float64);
            return pass.Gradient(weights, Batch(input, place), gradient).LossSum;
        }

        Assert.Equal(Loss(new PassPlace(1, 2, 3, 4)), Loss(new PassPlace(1, 2, 3, 4)));
        Assert.NotEqual(Loss(new PassPlace(1, 2, 3, 4)), Loss(new PassPlace(1, 2, 3, 5)));
        Assert.NotEqual(Loss(new PassPlace(1, 2, 3, 4)), Loss(null));
    }

    [Fact]
    public void A_loss_that_no_built_in_model_has_works_too() => FiniteDifferences(Kinds.Model("poisson"), new InputShape(3, 4));

    [Fact]
    public void A_linear_map_with_cross_entropy_is_softmax_regression()
    {
        var input = new InputShape(3, 4);
        var (own, built) = (Kinds.Model("plain"), new ModelSection { Kind = "softmax", Precision = Precision.Float64 });
        var shape = ModelShape.Of(own, input);
        Assert.Equal(["linear.weight [4, 3] True", "linear.bias [4] False"], shape.Select(p => $"{p.Name} [{string.Join(", ", p.Dims)}] {p.Decays}"));
        using var weights = RandomWeights.Of(shape, 5);
        var results = new List<(double Loss, double Tested, long Correct, double[] Gradient)>();
        foreach (var model in new[] { own, built })
        {
            // Two threads at once, each on leaves of its own, and one of them on weights that change between its passes.
            var network = NetworkCatalogue.Create(model, input);
            var passes = Enumerable.Range(0, 2).AsParallel().WithDegreeOfParallelism(2).Select(_ =>
            {
                using var pass = new GradientPass(network, shape, Precision.Float64, "cpu");
                using var gradient = new FlatTensor(shape, Precision.Float64);
                var found = pass.Gradient(weights, Batch(input), gradient);
                var tested = pass.Evaluate(weights, Batch(input));
                return (Loss: found.LossSum, Tested: tested.LossSum, tested.Correct, Gradient: new Span<double>(gradient.Data, 16).ToArray());
            }).ToArray();
            Assert.Equal(passes[0].Loss, passes[1].Loss);
            Assert.Equal(passes[0].Gradient, passes[1].Gradient);
            results.Add(passes[0]);
        }

        Assert.Equal(results[1].Loss, results[0].Loss, 1e-12);
        Assert.Equal(results[1].Tested, results[0].Tested, 1e-12);
        Assert.Equal(results[1].Correct, results[0].Correct);
        Assert.All(results[1].Gradient.Zip(results[0].Gradient), g => Assert.Equal(g.First, g.Second, 1e-12));
    }

    [Fact]
    public void Layers_start_as_torch_starts_them_by_the_seed()
    {
        var job = new Job(1, "x", Kinds.Model("plain"), new DataSection { Format = "csv", Path = "d.csv" }, new TrainingSection { Epochs = 1, Seed = 5 });
        double[] Start(long seed)
        {
            var flat = new double[(3 * 4) + 4];
            ModuleWeights.Fill<double>(job with { Training = job.Training with { Seed = seed } }, new InputShape(3, 4), flat);
            return flat;
        }

        manual_seed(5);
        using var linear = nn.Linear(3, 4);
        double[] torch = [.. linear.weight.to(ScalarType.Float64).data<double>(), .. linear.bias!.to(ScalarType.Float64).data<double>()];
        Assert.Equal(torch, Start(5));
        Assert.NotEqual(torch, Start(6));
    }

    [Fact]
    public void A_model_is_read_back_and_predicts_what_forward_computes()
    {
        var (model, input) = (Kinds.Model("poisson"), new InputShape(2, 3));
        var facts = new DataFacts(input, ["0", "1", "2"], [], [], null) { Columns = ["a", "b"] };
        var job = new Job(1, "x", model, new DataSection { Format = "csv", Path = "/d.csv", Label = "y" }, new TrainingSection { Epochs = 1 });
        float[] weights = [0.5f, -0.25f, 0.125f];
        var path = Path.Combine(_folder, "model.safetensors");
        SavedModel.Write(path, job, facts, ModelShape.Of(model, input), weights);
        var read = TrainedModel.Load(path);
        Assert.Equal(model, read.Model);
        Assert.Equal(weights, read.Weights);
        using var predictor = new Predictor(read);
        var prediction = Assert.Single(predictor.Predict([2, 1]));
        var rate = Math.Exp((0.5 * 2) - 0.25 + 0.125);
        double[] poisson = [Math.Exp(-rate), rate * Math.Exp(-rate), rate * rate / 2 * Math.Exp(-rate)];
        Assert.All(poisson.Zip(prediction.Values), p => Assert.Equal(p.First, p.Second, 1e-12));
        Assert.Equal(2, prediction.Class);

        SavedModel.Write(path, job with { Model = model with { Kind = "unheard-of" } }, facts, ModelShape.Of(model, input), weights);
        Assert.Contains("model.kind is unheard-of, which this silo's program does not know", Assert.Throws<JobException>(() => TrainedModel.Load(path)).Message);
    }

    [Theory]
    [InlineData("forgetful", "the module has no parameters. Its constructor must end with RegisterComponents().")]
    [InlineData("mean-loss", "of 2 examples Losses gives [] and not [2].")]
    [InlineData("wide", "of 2 examples Probabilities gives [2, 7] and not [2, 3].")]
    [InlineData("long", "forward fails on 2 examples of 16 zeros: ")]
    [InlineData("batch-norm", "the module has the buffer 'before.running_mean'")]
    [InlineData("random", "the layer 'before' draws at random")]
    [InlineData("thrower", "model.kind thrower: it cannot be made: InvalidOperationException: no flour")]
    public void A_model_that_cannot_be_trained_is_told_so_in_one_line(string kind, string message)
    {
        var error = Assert.Throws<JobException>(() => ModelShape.Of(Kinds.Model(kind), new InputShape(16, 3))).Message;
        Assert.Contains(message, error);
        Assert.DoesNotContain('\n', error);
    }

    [Theory]
    [InlineData("channels", "x", "model.options.channels is 'x', but must be a whole number of at least 1 and at most 1024.")]
    [InlineData("channels", "0", "model.options.channels is '0', but must be a whole number of at least 1 and at most 1024.")]
    [InlineData("dropout", "0.95", "model.options.dropout is '0.95', but must be a finite number of at least 0 and at most 0.9.")]
    [InlineData("dropout", "nan", "model.options.dropout is 'nan', but must be a finite number of at least 0 and at most 0.9.")]
    [InlineData("chanels", "8", "model.options.chanels is no option of digits-cnn: it has channels, dropout.")]
    public void A_wrong_option_is_told_by_name(string name, string value, string message) => Assert.Equal(
        message, Assert.Throws<JobException>(() => ModelShape.Of(Kinds.Model("digits-cnn", (name, value)), new InputShape(16, 3))).Message);

    [Theory]
    [InlineData("mlp", "there is a kind of model named 'mlp' already.")]
    [InlineData("plain", "there is a kind of model named 'plain' already.")]
    [InlineData("My kind", "'My kind' is no name for a kind of model")]
    [InlineData("own", null)]
    public void A_name_is_given_once(string name, string? message)
    {
        void Add() => OwnModels.Add(name, (_, _) => throw new InvalidOperationException());
        if (message is null)
        {
            Add();
        }
        else
        {
            Assert.StartsWith(message, Assert.Throws<ArgumentException>(Add).Message);
        }
    }
}
