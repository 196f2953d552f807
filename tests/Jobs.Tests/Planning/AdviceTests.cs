using CsCheck;

namespace Granary.Jobs.Tests.Planning;

public class AdviceTests
{
    private static readonly ClusterFacts Facts = new() { Flops = 1e9, Bandwidth = 1e8, Latency = 1e-4 };

    [Theory]
    [InlineData(8, 1, 1, 8)]
    [InlineData(8, 2, 1, 8)]
    [InlineData(8, 3, 1, 12)]
    [InlineData(8, 10, 1, 10)]
    [InlineData(1, 6, 4, 24)]
    public void Shards_suit_the_silos(int shards, int silos, int threads, int suit) => Assert.Equal(suit, ShardAdvice.For(shards, silos, threads));

    [Fact]
    public void Shards_that_suit_leave_nobody_idle_and_send_one_sum_each() => Gen.Select(Gen.Int[1, 100], Gen.Int[1, 100], Gen.Int[1, 4]).Sample((shards, silos, threads) =>
    {
        var plan = new ShardPlan(ShardAdvice.For(shards, silos, threads), silos);
        Assert.All(plan.Parts(), parts => Assert.Equal(1, parts));
        Assert.Single(Enumerable.Range(0, silos).Select(m => plan.Of(m).End - plan.Of(m).First).Distinct());
        Assert.InRange(plan.Shards, Math.Max(shards, silos * threads), int.MaxValue);
    });

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void The_batch_is_the_smallest_that_computes_long_enough(double efficiency)
    {
        foreach (var silos in new[] { 2, 3, 8, 64 })
        {
            var job = Planned.Job(1_000_000, ShardAdvice.For(8, silos, 1), batch: 512, flops: 6e6);
            var batch = BatchAdvice.For(job, Facts, silos, efficiency);
            Assert.InRange(StepCost.Of(job with { Batch = batch }, Facts, silos).Efficiency, efficiency, 1);
            Assert.InRange(StepCost.Of(job with { Batch = batch - job.Shards }, Facts, silos).Efficiency, 0, efficiency);
        }
    }

    // Nothing but operations: twice the silos take half the time, until each has one example.
    [Fact]
    public void Where_nothing_is_exchanged_in_any_time_every_example_may_have_its_silo()
    {
        var curve = ScalingCurve.Of(Planned.Job(100, 1, batch: 256), Planned.Ideal(), 10_000);
        Assert.Equal((256, 256), (curve.Enough.Silos, curve.Fastest.Silos));
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 10_000], curve.Points.Select(p => p.Silos));
        Assert.Equal(curve.Points[0].Total / 256, curve.Enough.Total, 1e-12);
    }

    [Fact]
    public void Beyond_enough_nothing_gains_much_and_before_it_something_does()
    {
        var curve = ScalingCurve.Of(Planned.Job(1_000_000, 8, batch: 4096, flops: 6e6), Facts, 1000);
        Assert.InRange(curve.Enough.Silos, 2, 500);
        foreach (var point in curve.Points)
        {
            Assert.Equal(point.Silos >= curve.Enough.Silos, curve.Points.Where(p => p.Silos > point.Silos).All(p => p.Total >= 0.95 * point.Total) && point.Silos >= curve.Enough.Silos);
        }

        Assert.Contains(curve.Points, p => p.Total < 0.95 * curve.Points.Last(q => q.Silos < curve.Enough.Silos).Total);
    }
}
