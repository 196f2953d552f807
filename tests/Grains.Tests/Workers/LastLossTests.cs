using Granary.Contracts;
using Granary.Grains.Telemetry;
using Granary.Grains.Workers;

namespace Granary.Grains.Tests;

public class LastLossTests
{
    private static ShardRecord Record(double weight, double loss) => new(0, 4, weight, loss, 0);

    private static double? Loss(ShardRecord[] own) => MeasuredStep.Of(own, default).Loss;

    [Fact]
    public void A_step_without_a_loss_leaves_the_one_before()
    {
        var last = new LastLoss();
        Assert.Equal("; no step before it had a finite loss", last.Text);
        last.Take(Loss([Record(0, 0)])); // weighs nothing
        Assert.Equal("; no step before it had a finite loss", last.Text);
        last.Take(Loss([Record(3, 1), Record(1, 2)]));
        Assert.Equal("; the last finite loss was 0.75", last.Text);
        last.Take(Loss([Record(0, 0), Record(0, 0)]));
        last.Take(Loss([])); // a step of other workers' shards
        last.Take(Loss([Record(2, double.NaN)]));
        last.Take(Loss([Record(2, double.PositiveInfinity)]));
        Assert.Equal("; the last finite loss was 0.75", last.Text);
        last.Take(Loss([Record(0, 0), Record(2, 1)]));
        Assert.Equal("; the last finite loss was 0.5", last.Text);
    }
}
