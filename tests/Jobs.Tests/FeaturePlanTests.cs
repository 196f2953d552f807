namespace Granary.Jobs.Tests;

public class FeaturePlanTests
{
    private static readonly DataSection Data = new() { Format = "csv", Path = "/x/d.csv", Label = "y", Standardize = true, Missing = MissingValues.Mean };

    private static DataFacts Complete(params double[][] parts)
    {
        var facts = new DataFacts(new InputShape(1, 2), ["a", "b"], [.. parts.Select(p => (long)p.Length)], [], null) { Columns = ["x"] };
        return FeaturePlan.Complete(Data, facts, [.. parts.Select(part =>
        {
            var p = part.Where(double.IsFinite).ToArray();
            var mean = p.Length == 0 ? 0 : p[0] + p.Average(x => x - p[0]); // of equal numbers exactly
            return new FeatureMoments([p.Length], [mean], [p.Sum(x => Math.Pow(x - mean, 2))]);
        })]);
    }

    [Fact]
    public void Merged_moments_are_those_of_the_union()
    {
        double[] all = [1, 2, 4, 8, 16.5];
        var facts = Complete([1, 2, 4], [], [8, 16.5]);
        Assert.Equal(all.Average(), facts.Scaling!.Mean[0], 12);
        Assert.Equal(Math.Sqrt(all.Average(x => Math.Pow(x - all.Average(), 2))), facts.Scaling.Deviation[0], 12);
    }

    [Fact]
    public void A_missing_value_counts_as_the_mean_of_the_others()
    {
        double[] filled = [1, 11.0 / 3, 2, 11.0 / 3, 8];
        var facts = Complete([1, double.NaN], [double.NaN], [2, 8]);
        Assert.Equal(11.0 / 3, facts.Fill![0], 12);
        Assert.Equal(11.0 / 3, facts.Scaling!.Mean[0], 12);
        Assert.Equal(Math.Sqrt(filled.Average(x => Math.Pow(x - (11.0 / 3), 2))), facts.Scaling.Deviation[0], 12);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(-123456.789)]
    [InlineData(1e-300)]
    public void Equal_numbers_have_no_deviation_though_their_means_are_rounded(double x)
    {
        var facts = new DataFacts(new InputShape(1, 2), ["a", "b"], [1_000_000_000, 333_333_333, 7], [], null) { Columns = ["x"] };
        FeatureMoments Part(long n, double mean) => new([n], [mean], [n * Math.Pow(mean - x, 2)]);
        FeatureMoments[] parts = [Part(1_000_000_000, Math.BitIncrement(x)), Part(333_333_333, Math.BitDecrement(x)), Part(7, x)];
        Assert.Equal(0, FeaturePlan.Complete(Data, facts, parts).Scaling!.Deviation[0]);
    }

    // A time stamp in seconds, over a hundred seconds, of a thousand million examples: exactly, in decimal, from 1000 times 1,000,000 alike.
    [Fact]
    public void A_deviation_that_is_small_beside_the_mean_is_no_noise_however_many_the_examples()
    {
        const long Each = 1_000_000;
        decimal[] values = [.. Enumerable.Range(0, 1000).Select(i => 1_764_000_000m + (i / 10m))];
        var facts = new DataFacts(new InputShape(1, 2), ["a", "b"], [.. values.Select(_ => Each)], [], null) { Columns = ["x"] };
        var scaling = FeaturePlan.Complete(Data, facts, [.. values.Select(v => new FeatureMoments([Each], [(double)v], [0]))]).Scaling!;
        var mean = values.Average();
        Assert.Equal((double)mean, scaling.Mean[0], 1e-6);
        Assert.Equal(Math.Sqrt((double)values.Average(v => (v - mean) * (v - mean))), scaling.Deviation[0], 1e-6);
    }

    [Fact]
    public void A_small_deviation_about_a_large_mean_stays() =>
        Assert.Equal(0.001, Complete([.. Enumerable.Range(0, 1000).Select(i => 1e6 + (i % 2 == 0 ? 0.001 : -0.001))]).Scaling!.Deviation[0], 1e-6);

    [Fact]
    public void A_column_without_any_value_has_no_mean() =>
        Assert.StartsWith("d.csv: column 'x' has no value in the training part", Assert.Throws<JobException>(() => Complete([double.NaN], [])).Message);
}
