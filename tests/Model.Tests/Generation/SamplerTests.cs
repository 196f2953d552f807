using Granary.Jobs;
using Granary.Model.Generation;

namespace Granary.Model.Tests.Generation;

public sealed class SamplerTests
{
    [Fact]
    public void Temperature_zero_is_greedy_and_the_lower_token_wins_a_tie()
    {
        var sampler = new Sampler(0, 0);
        Assert.All([0, 0.5, 0.999], u => Assert.Equal(1, sampler.Next([0, 3, 3, 1], u)));
    }

    // The notes' example: softmax of (1, 2, 8) is about (0.001, 0.002, 0.997).
    [Fact]
    public void Tokens_come_as_often_as_softmax_says()
    {
        var random = SeededRandom.For(1, RandomPurpose.Sampling, 0, 0);
        var sampler = new Sampler(1, 0);
        var counts = new int[3];
        for (var i = 0; i < 100_000; i++)
        {
            counts[sampler.Next([1, 2, 8], random.NextDouble())]++;
        }

        Assert.InRange(counts[0] / 1e5, 0.0005, 0.0013); // e^-7 / (1 + e^-6 + e^-7) = 0.00091
        Assert.InRange(counts[1] / 1e5, 0.0020, 0.0030); // 0.00247
    }

    [Fact]
    public void Temperature_is_the_base_e_to_its_inverse()
    {
        var logits = new[] { 0, Math.Log(4) };
        // At temperature 2 the odds 4 : 1 become sqrt(4) : 1 = 2 : 1, at a half 16 : 1. The likelier token comes first.
        Assert.Equal(1, new Sampler(2, 0).Next(logits, 0.66));
        Assert.Equal(0, new Sampler(2, 0).Next(logits, 0.67));
        Assert.Equal(1, new Sampler(0.5, 0).Next(logits, 0.941));
        Assert.Equal(0, new Sampler(0.5, 0).Next(logits, 0.942));
    }

    [Fact]
    public void Top_k_lets_only_the_greatest_through()
    {
        var random = SeededRandom.For(2, RandomPurpose.Sampling, 0, 0);
        var sampler = new Sampler(100, 2);
        var seen = Enumerable.Range(0, 1000).Select(_ => sampler.Next([5, 1, 4, 2], random.NextDouble())).ToHashSet();
        Assert.Equal([0, 2], seen.Order());
        Assert.Equal(0, new Sampler(100, 1).Next([5, 1, 4, 2], 0.999));
        Assert.Equal(1, new Sampler(100, 99).Next([5, 1, 4, 2], 0.999999)); // more than there are: all
    }

    [Fact]
    public void The_smallest_temperature_there_is_is_greedy_too() => Assert.Equal(1, new Sampler(double.Epsilon, 0).Next([1e6, 2e6, -1e6], 0.9999));

    [Theory]
    [InlineData(-0.1, 0, "--temperature is -0.1")]
    [InlineData(double.NaN, 0, "--temperature is NaN")]
    [InlineData(1, -1, "--top-k is -1")]
    public void Options_out_of_range_are_told(double temperature, int topK, string message) =>
        Assert.StartsWith(message, Assert.Throws<JobException>(() => new Sampler(temperature, topK)).Message);
}
