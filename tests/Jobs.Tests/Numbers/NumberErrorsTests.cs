using System.Text.Json;
using CsCheck;

namespace Granary.Jobs.Tests.Numbers;

public class NumberErrorsTests
{
    private static readonly Gen<(double Predicted, double Truth)[]> Examples = Gen.Select(Gen.Double[-50, 50], Gen.Double[900, 1000]).Array[1, 40];

    private static NumberErrors Of(IEnumerable<(double Predicted, double Truth)> examples) =>
        NumberErrors.Of([.. examples.Select(e => e.Predicted)], [.. examples.Select(e => e.Truth)]);

    // Whatever the cut, and whichever shards are empty.
    [Fact]
    public void Shards_merge_into_the_figures_of_all_examples() => Gen.Select(Examples, Gen.Int[0, 6].Array[40]).Sample((examples, shards) =>
    {
        var parts = Enumerable.Range(0, 7).Select(v => examples.Where((_, i) => shards[i] == v).ToArray()).Select(p => p.Length > 0 ? Of(p) : null).ToArray();
        var (merged, errors) = (NumberErrors.Of(parts)!.Figures(), examples.Select(e => e.Predicted - e.Truth).ToArray());
        var (mean, count) = (examples.Average(e => e.Truth), examples.Length);
        var deviations = examples.Sum(e => (e.Truth - mean) * (e.Truth - mean));
        Assert.Equal(errors.Sum(e => e * e) / count, merged.Mse, 1e-9 * merged.Mse);
        Assert.Equal(Math.Sqrt(merged.Mse), merged.Rmse);
        Assert.Equal(errors.Sum(Math.Abs) / count, merged.Mae, 1e-9 * merged.Mae);
        if (deviations > 1)
        {
            Assert.Equal(1 - (errors.Sum(e => e * e) / deviations), merged.R2!.Value, 1e-7 * Math.Abs(merged.R2.Value));
        }
    });

    [Fact]
    public void Weighted_errors_are_scikit_learn_s_with_sample_weight()
    {
        var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "golden", "weights.json"))).RootElement.GetProperty("errors");
        double[] Of(string name) => [.. golden.GetProperty(name).EnumerateArray().Select(e => e.GetDouble())];
        var (y, said, weights) = (Of("y"), Of("said"), Of("weights"));
        var parts = Enumerable.Range(0, 4).Select(v => NumberErrors.Of(said[(v * 40)..Math.Min(150, (v + 1) * 40)], y[(v * 40)..Math.Min(150, (v + 1) * 40)], weights[(v * 40)..Math.Min(150, (v + 1) * 40)])).ToArray();
        var figures = NumberErrors.Of(parts)!.Figures();
        Assert.Equal(golden.GetProperty("mse").GetDouble(), figures.Mse, 1e-12 * figures.Mse);
        Assert.Equal(golden.GetProperty("rmse").GetDouble(), figures.Rmse, 1e-12 * figures.Rmse);
        Assert.Equal(golden.GetProperty("mae").GetDouble(), figures.Mae, 1e-12 * figures.Mae);
        Assert.Equal(golden.GetProperty("r2").GetDouble(), figures.R2!.Value, 1e-12);
    }

    // By hand: the weights add up to 5, the weighted mean is 2.4 and the squared deviations from it are 5.2; the squared errors are 1.25, the absolute ones 1.5.
    [Theory]
    [InlineData(1e17, 0)]
    [InlineData(double.MaxValue, 0)]
    [InlineData(-7, double.PositiveInfinity)]
    [InlineData(3, double.NaN)]
    public void A_row_that_weighs_nothing_is_none_wherever_it_stands(double truth, double predicted)
    {
        for (var at = 0; at < 5; at++)
        {
            (double Predicted, double Truth, double Weight)[] rows = [.. ((double, double, double)[])[(1, 1, 1), (2, 2, 2), (4, 3, 1), (3.5, 4, 1)]];
            rows = [.. rows[..at], (predicted, truth, 0), .. rows[at..]];
            var figures = NumberErrors.Of([.. rows.Select(r => r.Predicted)], [.. rows.Select(r => r.Truth)], [.. rows.Select(r => r.Weight)]).Figures();
            Assert.Equal(0.25, figures.Mse, 1e-15);
            Assert.Equal(0.3, figures.Mae, 1e-15);
            Assert.Equal(1 - (1.25 / 5.2), figures.R2!.Value, 1e-15);
        }
    }

    [Fact]
    public void Rows_that_all_weigh_nothing_are_none() => Assert.Equal(NumberErrors.None, NumberErrors.Of([1, 2], [1e300, -1e300], [0, 0]));

    [Fact]
    public void A_standardised_target_s_errors_are_told_in_its_own_units()
    {
        (double Predicted, double Truth)[] examples = [(3, 1), (2, 5), (9, 7), (4, 4.5)];
        var scaling = new TargetScaling(2, 4);
        var scaled = Of(examples.Select(e => (scaling.ToModel(e.Predicted), scaling.ToModel(e.Truth)))).Figures(scaling);
        var figures = Of(examples).Figures();
        Assert.Equal(figures.Mse, scaled.Mse, 1e-12);
        Assert.Equal(figures.Mae, scaled.Mae, 1e-12);
        Assert.Equal(figures.R2!.Value, scaled.R2!.Value, 1e-12);
        Assert.Equal(7.25, scaling.FromModel(scaling.ToModel(7.25)), 1e-12);
    }

    [Fact]
    public void Truths_that_are_all_the_same_have_no_r2() => Assert.Null(Of([(1, 2), (3, 2)]).Figures().R2);

    // Their sum divided by three is another double.
    [Fact]
    public void Nor_have_those_whose_mean_is_rounded()
    {
        var three = Of([(1, 0.1), (2, 0.1), (3, 0.1)]);
        Assert.Null(three.Figures().R2);
        Assert.Null(three.With(Of([.. Enumerable.Repeat((1.0, 0.1), 256)])).Figures().R2);
    }
}
