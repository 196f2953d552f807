namespace Granary.Jobs.Tests;

public class ModelShapeTests
{
    private static readonly InputShape Digits = new(64, 10);

    private static string[] Lines(ModelSection model, InputShape input) => [.. ModelShape.Of(model, input)
        .Select(p => FormattableString.Invariant($"{p.Name} [{string.Join(',', p.Dims)}] {p.Start} {p.Scale:0.#####} {p.Decays}"))];

    [Fact]
    public void Logistic_and_softmax_start_at_zero()
    {
        Assert.Equal(["weight [1,64] Zero 0 True", "bias [1] Zero 0 False"], Lines(new() { Kind = "logistic" }, new(64, 2)));
        Assert.Equal(["weight [10,64] Zero 0 True", "bias [10] Zero 0 False"], Lines(new() { Kind = "softmax" }, Digits));
    }

    [Fact]
    public void An_mlp_starts_within_one_over_the_root_of_each_layer_s_inputs() => Assert.Equal(
        [
            "layers.0.weight [16,64] Uniform 0.125 True",
            "layers.0.bias [16] Uniform 0.125 False",
            "layers.1.weight [10,16] Uniform 0.25 True",
            "layers.1.bias [10] Uniform 0.25 False",
        ],
        Lines(new() { Kind = "mlp", Hidden = [16] }, Digits));

    [Fact]
    public void A_transformer_scales_down_what_its_blocks_add_to_the_stream() => Assert.Equal(
        [
            "token_embedding.weight [5,4] Normal 0.02 True",
            "position_embedding.weight [3,4] Normal 0.02 True",
            "blocks.0.norm1.weight [4] One 0 False",
            "blocks.0.norm1.bias [4] Zero 0 False",
            "blocks.0.attention.qkv.weight [12,4] Normal 0.02 True",
            "blocks.0.attention.qkv.bias [12] Zero 0 False",
            "blocks.0.attention.output.weight [4,4] Normal 0.01414 True",
            "blocks.0.attention.output.bias [4] Zero 0 False",
            "blocks.0.norm2.weight [4] One 0 False",
            "blocks.0.norm2.bias [4] Zero 0 False",
            "blocks.0.mlp.up.weight [16,4] Normal 0.02 True",
            "blocks.0.mlp.up.bias [16] Zero 0 False",
            "blocks.0.mlp.down.weight [4,16] Normal 0.01414 True",
            "blocks.0.mlp.down.bias [4] Zero 0 False",
            "norm.weight [4] One 0 False",
            "norm.bias [4] Zero 0 False",
            "unembedding.weight [5,4] Normal 0.02 True",
        ],
        Lines(new() { Kind = "transformer", Layers = 1, Width = 4, Heads = 2, Context = 3 }, new(0, 5)));

    [Fact]
    public void A_skip_gram_has_a_vector_for_each_word_as_centre_and_as_context() => Assert.Equal(
        ["embedding.weight [9,4] Uniform 0.125 True", "context.weight [9,4] Zero 0 True"],
        Lines(new() { Kind = "skip-gram", Width = 4 }, new(0, 9)));

    [Fact]
    public void Options_leave_parameters_out_and_set_the_keys_width() => Assert.Equal(
        [
            "token_embedding.weight [5,4] Normal 0.02 True",
            "position_embedding.weight [3,4] Normal 0.02 True",
            "blocks.0.attention.qkv.weight [45,4] Normal 0.02 True",
            "blocks.0.attention.output.weight [4,15] Normal 0.01414 True",
            "blocks.0.mlp.up.weight [16,4] Normal 0.02 True",
            "blocks.0.mlp.down.weight [4,16] Normal 0.01414 True",
        ],
        Lines(
            new()
            {
                Kind = "transformer",
                Layers = 1,
                Width = 4,
                Heads = 3,
                KeyWidth = 5,
                Context = 3,
                LayerNorm = false,
                Biases = false,
                TiedUnembedding = true,
            },
            new(0, 5)));

    [Fact]
    public void Without_biases_norms_keep_their_gains_alone() => Assert.Equal(
        ["blocks.0.norm1.weight", "blocks.0.norm2.weight", "norm.weight"],
        ModelShape.Of(new() { Kind = "transformer", Layers = 1, Width = 4, Heads = 2, Biases = false }, new(0, 5))
            .Where(p => p.Dims.Count == 1).Select(p => p.Name));
}
