using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

/// <summary>Passes that train some tensors alone, and passes over parts of a batch, against the pass over everything.</summary>
public unsafe class TrainedTensorTests
{
    private const int Rows = 8;
    private const int Context = 5;

    private static readonly ModelSection Gpt = new()
    {
        Kind = "transformer",
        Layers = 2,
        Width = 8,
        Heads = 2,
        Context = Context,
        Activation = Activation.Gelu,
        Precision = Precision.Float64,
    };

    private static readonly IReadOnlyList<ParameterShape> Shape = ModelShape.Of(Gpt, new InputShape(0, 7));

    [Theory]
    [InlineData("*")]
    [InlineData("blocks.1.*")]
    [InlineData("unembedding.*")]
    [InlineData("token_embedding.weight")]
    [InlineData("blocks.0.mlp.*,norm.bias")]
    public void What_is_trained_has_the_gradient_that_it_always_has_and_the_rest_has_none(string patterns)
    {
        bool[] trained = TrainedTensors.Of(new TrainingSection { Train = new TrainedTensors { Patterns = patterns.Split(',') } }, Shape);
        using var scope = NewDisposeScope();
        using var weights = RandomWeights.Of(Shape, 3);
        using var whole = new FlatTensor(Shape, Precision.Float64);
        using var some = new FlatTensor(Shape, Precision.Float64);
        var network = NetworkCatalogue.Create(Gpt, new InputShape(0, 7));
        using var all = new GradientPass(network, Shape, Precision.Float64, "cpu");
        using var pass = new GradientPass(network, Shape, Precision.Float64, "cpu", trained);
        var batch = Examples(0, Rows);
        var expected = all.Gradient(weights, () => batch, whole);
        foreach (var finalFrom in new Action<double, long>?[] { null, (_, from) => Assert.True(from >= 0) })
        {
            some.Tensor.fill_(double.NaN);
            Assert.Equal(expected, pass.Gradient(weights, () => batch, some, finalFrom: finalFrom));
            for (var i = 0; i < Shape.Count; i++)
            {
                var numbers = some.Views[i].contiguous().data<double>().ToArray();
                Assert.Equal(trained[i] ? whole.Views[i].contiguous().data<double>().ToArray() : new double[numbers.Length], numbers);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Parts_of_a_batch_add_up_to_the_whole(int most)
    {
        using var scope = NewDisposeScope();
        using var weights = RandomWeights.Of(Shape, 3);
        using var whole = new FlatTensor(Shape, Precision.Float64);
        using var left = RandomWeights.Of(Shape, 4); // another shard's
        using var earlier = new FlatTensor(Shape, Precision.Float64);
        using var parts = new FlatTensor(Shape, Precision.Float64);
        using var pass = new GradientPass(NetworkCatalogue.Create(Gpt, new InputShape(0, 7)), Shape, Precision.Float64, "cpu");
        pass.Gradient(weights, () => Examples(0, Rows), whole);
        foreach (var (adds, cuts) in new[] { (false, false), (true, false), (false, true), (true, true) })
        {
            parts.Tensor.copy_(left.Tensor);
            for (var first = 0; first < Rows; first += most)
            {
                var (from, end) = (first, Math.Min(Rows, first + most));
                if (end < Rows)
                {
                    pass.Gradient(weights, () => Examples(from, end), earlier, adds: from > 0);
                }
                else
                {
                    pass.Gradient(weights, () => Examples(from, end), parts, adds, cuts ? (_, _) => { } : null, earlier);
                }
            }

            var expected = adds ? left.Tensor.add(whole.Tensor) : whole.Tensor;
            Assert.InRange(parts.Tensor.sub(expected).abs().max().item<double>(), 0, 1e-12 * whole.Tensor.abs().max().item<double>());

            // Another shard's gradient meets the sum of the parts, and not the first of them.
            Assert.Equal((adds ? left.Tensor.add(earlier.Tensor) : earlier.Tensor).data<double>().ToArray(), parts.Tensor.data<double>().ToArray());
        }
    }

    private static Batch Examples(int first, int end)
    {
        var random = new Random(4);
        long[] tokens = [.. Enumerable.Range(0, Rows * (Context + 1)).Select(_ => (long)random.Next(7))];
        var all = tensor(tokens).view(Rows, Context + 1).narrow(0, first, end - first);
        return new Batch(all.narrow(1, 0, Context).contiguous(), all.narrow(1, 1, Context).contiguous(), end - first, end - first, 0);
    }
}
