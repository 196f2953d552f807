namespace Granary.Jobs.Tests;

public class FeaturePlanTests
{
    private static readonly DataSection Data = new() { Format = DataFormat.Csv, Path = "/x/d.csv", Label = "y", Standardize = true, Missing = MissingValues.Mean };

    private static DataFacts Complete(params double[][] parts)
    {
        var facts = new DataFacts(new InputShape(1, 2), ["a", "b"], [.. parts.Select(p => (long)p.Length)], [], null) { Columns = ["x"] };
        return FeaturePlan.Complete(Data, facts, [.. parts.Select(part =>
        {
            var p = part.Where(double.IsFinite).ToArray();
            var mean = p.Length == 0 ? 0 : p.Average();
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
    public void Equal_numbers_have_no_deviation_though_their_mean_is_rounded(double x)
    {
        double[] Part(int n) => [.. Enumerable.Repeat(x, n)];
        Assert.Equal(0, Complete(Part(333), Part(1000), Part(7)).Scaling!.Deviation[0]);
    }

    [Fact]
    public void A_small_deviation_about_a_large_mean_stays() =>
        Assert.Equal(0.001, Complete([.. Enumerable.Range(0, 1000).Select(i => 1e6 + (i % 2 == 0 ? 0.001 : -0.001))]).Scaling!.Deviation[0], 1e-6);

    [Fact]
    public void A_column_without_any_value_has_no_mean() =>
        Assert.StartsWith("d.csv: column 'x' has no value in the training part", Assert.Throws<JobException>(() => Complete([double.NaN], [])).Message);
}
