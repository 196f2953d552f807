namespace Granary.Jobs.Tests;

public class SweepGridTests
{
    [Fact]
    public void Every_combination_is_there_once_the_last_key_changing_fastest()
    {
        var grid = SweepGrid.Parse(["training.batch=32, 64", "model.hidden=[64],[128, 64],[]"]);
        Assert.Equal(["training.batch", "model.hidden"], grid.Keys);
        Assert.Equal(
            ["32 [64]", "32 [128, 64]", "32 []", "64 [64]", "64 [128, 64]", "64 []"], grid.Points.Select(p => string.Join(' ', p)));
        Assert.Equal(["training.batch=64", "model.hidden=[128, 64]"], grid.Overrides(4));
    }

    [Fact]
    public void Commas_within_brackets_and_quotes_part_nothing() => Assert.Equal(
        ["{kind: adam, beta1: 0.8}", "\"a,b\"", "'it]'"], SweepGrid.Parse(["k={kind: adam, beta1: 0.8},\"a,b\",'it]'"]).Points.Select(p => p[0]));

    [Theory]
    [InlineData("training.batch", "--over training.batch: this must be key=value,value,...")]
    [InlineData("=1,2", "this must be key=value,value,...")]
    [InlineData("training.batch=1,,2", "this must be key=value,value,...")]
    [InlineData("training.batch=1,2,1", "the value 1 is there twice")]
    [InlineData("training.seed=1,2", "the key training.seed is there twice")]
    public void What_is_no_axis_is_refused(string axis, string message) =>
        Assert.Contains(message, Assert.Throws<JobException>(() => SweepGrid.Parse(["training.seed=5", axis])).Message);

    [Fact]
    public void A_sweep_has_an_end() => Assert.Contains("too many for one sweep", Assert.Throws<JobException>(() => SweepGrid.Parse(
        [.. Enumerable.Range(0, 4).Select(k => $"k{k}={string.Join(',', Enumerable.Range(0, 10))}")])).Message);
}
