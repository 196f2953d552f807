namespace Granary.Jobs.Tests.Planning;

public class ModelWorkTests
{
    // The first layer has no gradient of its inputs: 4 operations a weight there, 6 in the others.
    [Fact]
    public void Layers_take_two_operations_a_weight_forward_and_four_backward()
    {
        Assert.Equal((4 * 784 * 256) + (6 * 256 * 10), Flops(new() { Kind = "mlp", Hidden = [256] }, new(784, 10)));
        Assert.Equal(4 * 784 * 10, Flops(new() { Kind = "mlp" }, new(784, 10)));
        Assert.Equal(4 * 784 * 10, Flops(new() { Kind = "softmax" }, new(784, 10)));
        Assert.Equal(4 * 100, Flops(new() { Kind = "logistic" }, new(100, 2)));
    }

    [Fact]
    public void A_pair_of_words_costs_its_scores()
    {
        Assert.Equal(6 * 32 * 5000, Flops(new() { Kind = "skip-gram", Width = 32 }, new(0, 5000)));
        Assert.Equal(6 * 32 * (1 + 5), Flops(new() { Kind = "skip-gram", Width = 32, Negatives = 5 }, new(0, 5000)));
    }

    // By hand: C = 8, H = 2, D = 3, T = 5, K = 7, two layers. Per token: qkv 3 * 6 * 8, output 8 * 6, MLP 2 * 8 * 32; unembedding 7 * 8.
    // Attention: per layer and head two T x T x D products, each 2 operations, times 3 with the way back.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_window_costs_its_products_and_its_attention(bool tied)
    {
        const int PerToken = (2 * ((3 * 6 * 8) + (8 * 6) + (2 * 8 * 32))) + (7 * 8);
        const int Attention = 2 * 2 * (2 * 5 * 5 * 3) * 2 * 3;
        var model = new ModelSection
        {
            Kind = "transformer",
            Layers = 2,
            Width = 8,
            Heads = 2,
            KeyWidth = 3,
            Context = 5,
            TiedUnembedding = tied,
        };
        Assert.Equal((5 * 6 * PerToken) + Attention, Flops(model, new(0, 7)));
    }

    // Brown and others, 2020, table D.1: 3.14e23 for 300 billion tokens, counted as 6 a weight and token.
    [Fact]
    public void Gpt_3_takes_about_what_its_authors_say()
    {
        var (model, input) = ModelPresets.Of("gpt-3");
        Assert.Equal(3.14e23, Flops(model, input) / 2048 * 300e9, 0.04 * 3.14e23);
    }

    [Fact]
    public void Of_a_kind_of_ones_own_nobody_can_tell() => Assert.StartsWith(
        "model.kind is mine, one of your own: its shape does not tell how many operations an example takes.",
        Assert.Throws<JobException>(() => Flops(new() { Kind = "mine" }, new(1, 1))).Message);

    private static double Flops(ModelSection model, InputShape input) => ModelWork.FlopsPerExample(model, input);
}
