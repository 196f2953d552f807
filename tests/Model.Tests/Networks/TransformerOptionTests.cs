using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Networks;

public unsafe class TransformerOptionTests
{
    private static readonly InputShape Input = new(0, 7);
    private static readonly PassPlace Place = new(Seed: 3, Epoch: 1, Shard: 2, First: 12);

    private static readonly ModelSection Plain = new()
    {
        Kind = "transformer",
        Layers = 2,
        Width = 6,
        Heads = 2,
        Context = 5,
        Activation = Activation.Gelu,
        Precision = Precision.Float64,
    };

    private static readonly Dictionary<string, ModelSection> Variants = new()
    {
        ["plain"] = Plain,
        ["no norms"] = Plain with { LayerNorm = false },
        ["no biases"] = Plain with { Biases = false },
        ["no norms, no biases"] = Plain with { LayerNorm = false, Biases = false },
        ["tied"] = Plain with { TiedUnembedding = true },
        ["narrow keys"] = Plain with { KeyWidth = 2 },
        ["wide keys, 4 heads in 6 numbers"] = Plain with { KeyWidth = 5, Heads = 4 },
        ["dropout"] = Plain with { Dropout = 0.3 },
        ["relu"] = Plain with { Activation = Activation.Relu },
        ["all at once"] = Plain with
        {
            LayerNorm = false,
            Biases = false,
            TiedUnembedding = true,
            KeyWidth = 1,
            Heads = 3,
            Dropout = 0.5,
        },
    };

    public static TheoryData<string> Names => [.. Variants.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_the_finite_differences(string name)
    {
        var model = Variants[name];
        var random = SeededRandom.For(9, RandomPurpose.Validation, 0, 0);
        var tokens = Enumerable.Range(0, 30).Select(_ => (long)random.NextInt(Input.Classes)).ToArray();
        FiniteDifference.Check(NetworkCatalogue.Create(model, Input), ModelShape.Of(model, Input), () => new Batch(
            tensor(tokens[..15], [3, 5]), tensor(tokens[15..], [3, 5]), 3, 3, 0, model.Dropout > 0 ? Place : null));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_token_changes_no_output_before_it(string name)
    {
        var shape = ModelShape.Of(Variants[name], Input);
        var network = NetworkCatalogue.Create(Variants[name], Input);
        using var weights = RandomWeights.Of(shape, 1);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        for (var at = 0; at < 5; at++)
        {
            // In training too: the masks of both passes are the same.
            long[] first = [1, 2, 3, 4, 5], second = [1, 2, 3, 4, 5];
            second[at] = 0;
            var before = network.Outputs(weights.Views, tensor(first, [1, 5]), Place);
            var after = network.Outputs(weights.Views, tensor(second, [1, 5]), Place);
            Assert.True(before.narrow(1, 0, at).eq(after.narrow(1, 0, at)).all().item<bool>());
            Assert.False(before.narrow(1, at, 5 - at).eq(after.narrow(1, at, 5 - at)).all().item<bool>());
        }
    }

    // The notes' formula, head by head and token by token: sum over heads of value-up (sum_j a_j value-down x_j).
    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public void Attention_is_the_sum_over_heads_of_value_up_times_value_down(int? keyWidth)
    {
        var model = Plain with { Layers = 1, LayerNorm = false, KeyWidth = keyWidth };
        var shape = ModelShape.Of(model, Input);
        var network = NetworkCatalogue.Create(model, Input);
        using var weights = RandomWeights.Of(shape, 4);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor P(string name) => weights.Views[shape.ToList().FindIndex(p => p.Name == name)];
        P("blocks.0.mlp.down.weight").zero_(); // leaves what attention added to the stream
        P("blocks.0.mlp.down.bias").zero_();
        long[] tokens = [1, 6, 0, 3, 3];
        var (d, c) = (model.HeadWidth(), model.Width);
        var x = P("token_embedding.weight").index_select(0, tensor(tokens)).Plus(P("position_embedding.weight")); // [T, C]
        var (qkv, bias) = (P("blocks.0.attention.qkv.weight"), P("blocks.0.attention.qkv.bias"));
        var stream = x.Plus(P("blocks.0.attention.output.bias"));
        for (var head = 0; head < model.Heads; head++)
        {
            Tensor Map(int third, int token)
            {
                var row = ((third * model.Heads) + head) * d;
                return qkv.narrow(0, row, d).matmul(x[token]).Plus(bias.narrow(0, row, d));
            }

            var valueUp = P("blocks.0.attention.output.weight").narrow(1, head * d, d); // [C, D]
            for (var i = 0; i < tokens.Length; i++)
            {
                var scores = Enumerable.Range(0, i + 1).Select(j => Math.Exp(Map(0, i).dot(Map(1, j)).item<double>() / Math.Sqrt(d))).ToArray();
                for (var j = 0; j <= i; j++)
                {
                    using Scalar share = scores[j] / scores.Sum();
                    stream[i].add_(valueUp.matmul(Map(2, j)), share);
                }
            }
        }

        var expected = stream.matmul(P("unembedding.weight").t());
        var actual = network.Outputs(weights.Views, tensor(tokens, [1, 5]))[0];
        Assert.True((expected - actual).abs().max().item<double>() < 1e-12);
    }

    [Fact]
    public void A_tied_unembedding_is_the_token_embedding()
    {
        var (own, tied) = (ModelShape.Of(Plain, Input), ModelShape.Of(Plain with { TiedUnembedding = true }, Input));
        Assert.Equal(own.SkipLast(1).Select(p => p.Name), tied.Select(p => p.Name));
        using var ownWeights = RandomWeights.Of(own, 2);
        using var tiedWeights = RandomWeights.Of(tied, 2);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        ownWeights.Views[^1].copy_(ownWeights.Views[0]);
        var tokens = tensor(new long[] { 1, 2, 3 }, [1, 3]);
        Assert.True(NetworkCatalogue.Create(Plain, Input).Outputs(ownWeights.Views, tokens)
            .eq(NetworkCatalogue.Create(Plain with { TiedUnembedding = true }, Input).Outputs(tiedWeights.Views, tokens)).all().item<bool>());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(70)] // beyond the fused kernel's blocks of queries
    [InlineData(600)] // and of keys
    public void Attention_under_masks_that_keep_everything_is_the_fused_one(int length)
    {
        var model = Plain with { Context = length };
        var shape = ModelShape.Of(model, Input);
        using var weights = RandomWeights.Of(shape, 5);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var tokens = tensor([.. Enumerable.Range(0, 2 * length).Select(i => (long)(i * i % 7))], [2, length]);
        var nothingLeftOut = model with { Dropout = 1e-12 }; // less than the 2^-32 that masks are drawn in
        var masked = NetworkCatalogue.Create(nothingLeftOut, Input).Outputs(weights.Views, tokens, Place);
        var fused = NetworkCatalogue.Create(model, Input).Outputs(weights.Views, tokens, Place);
        Assert.InRange((masked - fused).abs().max().item<double>(), 0, 1e-9);
    }

    [Fact]
    public void Masks_depend_on_the_place_alone()
    {
        var model = Plain with { Dropout = 0.4 };
        var shape = ModelShape.Of(model, Input);
        var network = NetworkCatalogue.Create(model, Input);
        using var weights = RandomWeights.Of(shape, 2);

        string Outputs(PassPlace? place)
        {
            using var scope = NewDisposeScope();
            using var mode = no_grad();
            return Convert.ToHexString(network.Outputs(weights.Views, tensor(new long[] { 1, 2, 3, 4, 5, 6 }, [2, 3]), place).bytes);
        }

        var here = Outputs(Place);
        PassPlace[] elsewhere = [Place with { Seed = 4 }, Place with { Epoch = 2 }, Place with { Shard = 3 }, Place with { First = 13 }];
        Assert.Equal(5, elsewhere.Select(Outputs).Append(here).Distinct().Count());

        // On any thread, whatever other passes that thread and its neighbours make before.
        var same = new string[4];
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (var i = 0; i < t; i++)
            {
                Outputs(elsewhere[i]);
            }

            same[t] = Outputs(Place);
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.All(same, s => Assert.Equal(here, s));

        // Evaluation drops nothing out.
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var tokens = tensor(new long[] { 1, 2, 3 }, [1, 3]);
        Assert.True(network.Outputs(weights.Views, tokens).eq(NetworkCatalogue.Create(Plain, Input).Outputs(weights.Views, tokens)).all().item<bool>());
    }

    [Fact]
    public void A_mask_drops_the_asked_for_part_and_keeps_the_mean()
    {
        using var scope = NewDisposeScope();
        var x = ones([401, 499], ScalarType.Float64); // an odd count: the last number has half a draw
        var masks = new DropoutMasks(0.2, Place);
        var (first, second) = (masks.Apply(x), masks.Apply(x));
        var values = first.data<double>().ToArray();
        Assert.All(values, v => Assert.True(v is 0 or 1.25));
        Assert.Equal(0.2, values.Count(v => v == 0) / (double)values.Length, 0.005); // 5 deviations of sqrt(pq/n)
        Assert.Equal(0.36, 1 - (first * second).ne(0).to(ScalarType.Float64).mean().item<double>(), 0.006);
    }
}
