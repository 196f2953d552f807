using CsCheck;

namespace Granary.Jobs.Tests.Planning;

public class StepCostTests
{
    private const int Block = BlockPlan.BlockSize;
    private const int Header = 64;
    private const int Record = 32;

    private static readonly Gen<PlannedJob> Jobs = Gen.Select(
        Gen.Int[1, 20 * Block], Gen.Int[1, 40], Gen.Int[1, 500], Gen.Bool, Gen.Bool,
        (weights, shards, batch, adam, clips) => Planned.Job(weights, shards, batch, 1e5, adam ? OptimizerKind.Adam : OptimizerKind.Sgd, clips ? 1 : 0));

    // 8 shards of 8 rows of 1000 operations at 1e6 a second: 64 ms over S silos; 3 silos: one has 3 shards.
    [Theory]
    [InlineData(1, 1, 0.064)]
    [InlineData(2, 1, 0.032)]
    [InlineData(3, 1, 0.024)]
    [InlineData(8, 1, 0.008)]
    [InlineData(16, 1, 0.008)]
    [InlineData(1, 4, 0.064)] // four threads share what a silo does
    [InlineData(3, 2, 0.032)] // three shards on two threads of half the speed: two turns
    public void Computing_is_the_turns_of_the_silo_with_most_shards(int silos, int threads, double seconds)
    {
        var cost = StepCost.Of(Planned.Job(100, 8), Planned.Ideal() with { Threads = threads }, silos);
        Assert.Equal(seconds, cost.Compute, 1e-12);
        Assert.Equal((seconds, Math.Min(silos, 8)), (cost.Total, cost.Members));
    }

    [Fact]
    public void Computing_includes_what_a_shard_costs_and_the_additions_within_a_silo()
    {
        var facts = Planned.Ideal() with { PerShard = 0.001, Adding = 4e3 };
        Assert.Equal((4 * 0.009) + (3 * 0.1), StepCost.Of(Planned.Job(100, 8), facts, 2).Compute, 1e-12); // 400 bytes at 4000 a second
    }

    // 4 examples in 16 shards: 4 of them have one each.
    [Fact]
    public void Shards_without_an_example_take_no_time() =>
        Assert.Equal(0.002, StepCost.Of(Planned.Job(100, 16, batch: 4), Planned.Ideal() with { PerShard = 0 }, 2).Compute, 1e-12);

    // P = 8 blocks of float32; S = 2: each sends half a vector of sums and half a vector of weights, 4 + 4 blocks, and one record frame.
    [Fact]
    public void Two_hops_carry_the_bytes_twice_and_the_way_once()
    {
        var (job, facts) = (Planned.Job(8 * Block, 8), Planned.Ideal(bandwidth: 1e6, latency: 0.001));
        var cost = StepCost.Of(job, facts, 2);
        var wire = ((8 * Block * 4) + (9 * Header) + (4 * Record)) / 1e6;
        Assert.Equal(wire, cost.Wire, 1e-12);
        Assert.Equal(wire + 0.001, cost.Exchange, 1e-12);
        Assert.Equal(0.001, cost.Latency, 1e-12);
    }

    // A line so fast that it waits: the sums' bytes, the way, the last block's weights, the way.
    [Fact]
    public void On_a_long_way_two_hops_are_two_ways()
    {
        var cost = StepCost.Of(Planned.Job(8 * Block, 8), Planned.Ideal(bandwidth: 1e9, latency: 1), 2);
        Assert.Equal(2 + (5 * Block * 4 / 1e9), cost.Exchange, 1e-9);
    }

    [Fact]
    public void Clipping_takes_a_way_more_and_nothing_overlaps()
    {
        var (plain, clipped) = (Planned.Job(8 * Block, 8), Planned.Job(8 * Block, 8, clip: 1));
        var facts = Planned.Ideal(bandwidth: 1e6, latency: 0.001);
        var norms = ((4 * 8) + Header) / 1e6; // of four blocks
        Assert.Equal(StepCost.Of(plain, facts, 2).Exchange + 0.002 + norms, StepCost.Of(clipped, facts, 2).Exchange, 1e-12);
    }

    // Everybody sends 100 numbers to three others, and a record of two shards; one way.
    [Fact]
    public void One_block_travels_once()
    {
        var cost = StepCost.Of(Planned.Job(100, 8), Planned.Ideal(bandwidth: 1e6, latency: 0.001), 4);
        Assert.Equal(((3 * 400) + (6 * Header) + (3 * 2 * Record)) / 1e6, cost.Wire, 1e-12);
        Assert.Equal(cost.Wire + 0.001, cost.Exchange, 1e-12);
    }

    // 4 silos of 8 blocks: each adds three others' sums of its two blocks to its own, and updates them.
    [Fact]
    public void The_processor_adds_updates_and_handles_what_passes()
    {
        var facts = Planned.Ideal() with { Adding = 1e6, Updating = 2e6, Handling = 1e6, PerMessage = 1e-4, PerStep = 0.5 };
        var cost = StepCost.Of(Planned.Job(8 * Block, 8, optimizer: OptimizerKind.Momentum), facts, 4);
        Assert.Equal((3 * 2 * Block * 4 / 1e6) + (2 * 2 * Block * 4 / 2e6), cost.Update, 1e-12);
        Assert.Equal((2 * 2 * 6 * Block * 4 / 1e6) + (2 * (6 + 6 + 3) * 1e-4), cost.Handling, 1e-9);
        Assert.Equal(cost.Update + cost.Handling + 0.5, cost.Exchange, 1e-9);
    }

    [Fact]
    public void Silos_that_share_cores_take_longer_by_as_much_as_they_are_too_many()
    {
        var (job, facts) = (Planned.Job(8 * Block, 8), Planned.Ideal() with { Updating = 1e6, Handling = 1e6, PerStep = 0.25, Cores = 2 });
        var (two, eight) = (StepCost.Of(job, facts, 2), StepCost.Of(job, facts, 8));
        Assert.Equal(two.Compute, eight.Compute, 1e-12);
        var own = StepCost.Of(job, facts with { Cores = 0 }, 8);
        Assert.Equal((4 * own.Update, 4 * own.Handling, 4 * own.Exchange), (eight.Update, eight.Handling, eight.Exchange));
    }

    // Adam: 8 bytes a weight, of a half each. A step of a second or more sends them every time.
    [Fact]
    public void Long_steps_send_the_optimisers_state_along()
    {
        var job = Planned.Job(8 * Block, 8, flops: 1e6, optimizer: OptimizerKind.Adam);
        Assert.Equal(8 * Block * 8 / 2 / 1e6, StepCost.Of(job, Planned.Ideal(bandwidth: 1e6), 2).Backup, 1e-12);
        Assert.Equal(0, StepCost.Of(job, Planned.Ideal(bandwidth: 1e6), 1).Backup);
    }

    // StepTraffic's bytes are those that the exchange is seen to send: Grains.Tests, ExchangeTests.
    [Fact]
    public void Loads_are_the_bytes_that_are_really_sent_and_all_of_them_arrive() => Gen.Select(Jobs, Gen.Int[1, 40]).Sample((job, silos) =>
    {
        var members = Math.Min(silos, job.Shards);
        var (loads, shards) = (ExchangeLoad.Of(job, members).ToArray(), new ShardPlan(job.Shards, members));
        for (var m = 0; m < members; m++)
        {
            Assert.Equal(StepTraffic.BytesSent(job.Blocks, shards, m, 4, job.Job.Training.ClipNorm > 0), loads[m].BytesSent);
        }

        Assert.Equal(loads.Sum(l => l.BytesSent), loads.Sum(l => l.Received));
        Assert.Equal(loads.Sum(l => l.FramesSent), loads.Sum(l => l.FramesReceived));
    });

    [Fact]
    public void A_better_cluster_is_never_slower() => Gen.Select(
        Jobs, Gen.Int[1, 40], Gen.Double[3, 9], Gen.Double[-6, 0], Gen.Double[1, 4]).Sample((job, silos, bandwidth, latency, factor) =>
    {
        var facts = new ClusterFacts { Flops = 1e8, Bandwidth = Math.Pow(10, bandwidth), Latency = Math.Pow(10, latency), Cores = 2 };
        var step = StepCost.Of(job, facts, silos).Total;
        ClusterFacts[] better =
        [
            facts with { Bandwidth = factor * facts.Bandwidth }, facts with { Latency = facts.Latency / factor }, facts with { Flops = factor * facts.Flops },
            facts with { Handling = factor * facts.Handling }, facts with { Updating = factor * facts.Updating }, facts with { Adding = factor * facts.Adding },
            facts with { PerShard = facts.PerShard / factor }, facts with { Cores = 4 },
        ];
        Assert.All(better, f => Assert.InRange(StepCost.Of(job with { }, f, silos).Total - StepCost.Of(job, f, silos).Backup, 0, step * (1 + 1e-12)));
    });
}
