using Granary.Contracts;
using Granary.Grains.Workers;

namespace Granary.Grains.Tests;

public class LastLossTests
{
    private static ShardRecord Record(double weight, double loss) => new(0, 4, weight, loss, 0);

    [Fact]
    public void A_step_without_a_loss_leaves_the_one_before()
    {
        var last = new LastLoss();
        Assert.Equal("; no step before it had a finite loss", last.Text);
        last.Take([Record(0, 0)]); // weighs nothing
        Assert.Equal("; no step before it had a finite loss", last.Text);
        last.Take([Record(3, 1), Record(1, 2)]);
        Assert.Equal("; the last finite loss was 0.75", last.Text);
        last.Take([Record(0, 0), Record(0, 0)]);
        last.Take([]); // a step of other workers' shards
        last.Take([Record(2, double.NaN)]);
        last.Take([Record(2, double.PositiveInfinity)]);
        Assert.Equal("; the last finite loss was 0.75", last.Text);
        last.Take([Record(0, 0), Record(2, 1)]);
        Assert.Equal("; the last finite loss was 0.5", last.Text);
    }
}
