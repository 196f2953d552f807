using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using Granary.Model.Tests.Data;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

public sealed unsafe class ClassWeightTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Job Job(ModelSection model, ClassWeights? weights, int shards = 1, double fraction = 0) => new(
        1,
        "j",
        model,
        new DataSection
        {
            Format = "csv",
            Path = _folder.Write("d.csv", "a,b,y\n" + string.Concat(Enumerable.Range(0, 24).Select(i => FormattableString.Invariant($"{i % 7 / 4.0},{i % 5 - 2},c{(i % 4 == 0 ? 1 : 0)}\n")))),
            Label = "y",
            Shards = shards,
            Validation = new() { Fraction = fraction },
        },
        new TrainingSection { Epochs = 1, Batch = 4, ClassWeights = weights });

    private static ClassWeights By(double zero, double one) => new() { ByLabel = new Dictionary<string, double> { ["c0"] = zero, ["c1"] = one } };

    private static double[] Gradient(ModelSection model, DataFacts facts, Func<Batch> batch, out GradientResult result, out double[] weights)
    {
        var shape = ModelShape.Of(model, facts.Shape);
        using var pass = new GradientPass(NetworkCatalogue.Create(model, facts.Shape), shape, Precision.Float64, "cpu");
        using var w = new FlatTensor(shape, Precision.Float64);
        using var gradient = new FlatTensor(shape, Precision.Float64);
        var random = SeededRandom.For(3, RandomPurpose.InitialWeights, 0, 0);
        var count = (int)ModelShape.Weights(shape);
        for (var i = 0; i < count; i++)
        {
            ((double*)w.Data)[i] = random.NextDouble() - 0.5;
        }

        result = pass.Gradient(w, batch, gradient);
        weights = new Span<double>(w.Data, count).ToArray();
        return new Span<double>(gradient.Data, count).ToArray();
    }

    [Fact]
    public void A_weighted_gradient_is_the_closed_form()
    {
        var model = new ModelSection { Kind = "logistic", Precision = Precision.Float64 };
        var job = Job(model, By(0.25, 3));
        var (facts, _) = DataCheck.Run(job, 1);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        var gradient = Gradient(model, facts, () => examples.Training(0, 0, 10), out var result, out var w);
        using var scope = NewDisposeScope();
        var batch = examples.Training(0, 0, 10);
        var (expected, weight, loss) = (new double[3], 0.0, 0.0);
        for (var b = 0; b < 10; b++)
        {
            var (x, y) = (batch.Inputs[b].data<double>().ToArray(), batch.Targets[b].item<long>());
            var p = 1 / (1 + Math.Exp(-((w[0] * x[0]) + (w[1] * x[1]) + w[2])));
            var c = y == 1 ? 3 : 0.25;
            weight += c;
            loss -= c * Math.Log(y == 1 ? p : 1 - p);
            expected[0] += c * (p - y) * x[0];
            expected[1] += c * (p - y) * x[1];
            expected[2] += c * (p - y);
        }

        Assert.Equal((10, weight), (result.Examples, result.Weight));
        Assert.Equal(loss, result.LossSum, 1e-12);
        Assert.All(expected.Zip(gradient), g => Assert.Equal(g.First, g.Second, 1e-12));
    }

    [Theory]
    [InlineData("logistic", Loss.CrossEntropy)]
    [InlineData("softmax", Loss.CrossEntropy)]
    [InlineData("mlp", Loss.CrossEntropy)]
    [InlineData("mlp", Loss.SquaredError)]
    public void A_weight_of_two_is_the_example_twice(string kind, Loss loss)
    {
        var model = new ModelSection { Kind = kind, Loss = loss, Hidden = kind == "mlp" ? [3] : [], Activation = Activation.Tanh, Precision = Precision.Float64 };
        var job = Job(model, By(1, 2));
        var (facts, _) = DataCheck.Run(job, 1);
        using var examples = ShardData.Read(job, 0).Prepare(facts);
        var weighted = Gradient(model, facts, () => examples.Training(0, 0, 24), out var result, out _);
        var twice = Gradient(model, facts, () =>
        {
            var batch = examples.Training(0, 0, 24);
            long[] rows = [.. batch.Targets.data<long>().ToArray().SelectMany((y, b) => Enumerable.Repeat((long)b, y == 1 ? 2 : 1))];
            return new Batch(batch.Inputs.index_select(0, tensor(rows)), batch.Targets.index_select(0, tensor(rows)), rows.Length, rows.Length, 0);
        }, out var plain, out _);
        Assert.Equal(plain.Weight, result.Weight);
        Assert.Equal(plain.LossSum, result.LossSum, 1e-12);
        Assert.All(twice.Zip(weighted), g => Assert.Equal(g.First, g.Second, 1e-12));
    }

    [Fact]
    public void Losses_of_a_text_add_up_to_their_sum()
    {
        var model = new ModelSection { Kind = "transformer", Layers = 1, Width = 4, Heads = 1, Context = 3 };
        var network = NetworkCatalogue.Create(model, new InputShape(0, 5));
        using var scope = NewDisposeScope();
        var (outputs, targets) = (arange(30, ScalarType.Float64).cos().view(2, 3, 5), tensor(new long[] { 0, 1, 2, 3, 4, 0 }, [2, 3]));
        Assert.Equal([2], network.Losses(outputs, targets).shape);
        Assert.Equal(network.LossSum(outputs, targets).item<double>(), network.Losses(outputs, targets).sum().item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void Losses_of_pairs_of_words_add_up_to_their_sum(int negatives)
    {
        var network = NetworkCatalogue.Create(new ModelSection { Kind = "skip-gram", Negatives = negatives }, new InputShape(0, 5));
        using var scope = NewDisposeScope();
        var (outputs, targets) = (arange(15, ScalarType.Float64).cos().view(3, 5), tensor(negatives == 0 ? new long[] { 0, 3, 4 } : [0, 0, 0]));
        Assert.Equal([3], network.Losses(outputs, targets).shape);
        Assert.Equal(network.LossSum(outputs, targets).item<double>(), network.Losses(outputs, targets).sum().item<double>(), 1e-12);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Balanced_weights_are_counted_over_the_training_part(int shards)
    {
        var model = new ModelSection { Kind = "softmax", Precision = Precision.Float64 };
        var job = Job(model, new ClassWeights(), shards, fraction: 0.25);
        var (facts, _) = DataCheck.Run(job, 2);
        var (counts, total) = (new double[2], 0.0);
        for (var v = 0; v < shards; v++)
        {
            using var examples = ShardData.Read(job, v).Prepare(facts);
            var batch = examples.Training(0, 0, examples.TrainingRows);
            total += batch.Weight;
            foreach (var y in batch.Targets.data<long>().ToArray())
            {
                counts[y]++;
            }

            Assert.Equal(batch.Weights!.data<double>().ToArray().Sum(), batch.Weight, 1e-12);
        }

        Assert.Equal(18, counts.Sum());
        Assert.Equal([18 / (2 * counts[0]), 18 / (2 * counts[1])], facts.ClassWeights!);
        Assert.Equal(18, total, 1e-12);
    }

    [Fact]
    public void A_weight_for_a_label_that_does_not_occur_is_an_error()
    {
        var weights = new ClassWeights { ByLabel = new Dictionary<string, double> { ["spam"] = 2 } };
        Assert.Equal(
            "training.classWeights gives a weight to 'spam', a label that does not occur in d.csv. Its labels are: c0, c1.",
            DataFolder.Error(Job(new ModelSection { Kind = "softmax" }, null).Data, new TrainingSection { Epochs = 1, Batch = 1, ClassWeights = weights }));
    }
}
