using Granary.Contracts;
using Granary.Grains.Coordination;

namespace Granary.Grains.Tests;

public sealed class WaitingRuleTests
{
    private static RankActivity Rank(int rank, WorkerActivity activity, double seconds = 0.001, string[]? waitsFor = null, int[]? shards = null) =>
        new(rank, $"silo-{rank + 1}", activity, seconds, waitsFor ?? [], shards ?? []);

    private static string Cause(params RankActivity[] ranks) => WaitingRule.Cause("training", 4.2, 0, ranks);

    [Fact]
    public void It_is_said_within_five_seconds() =>
        Assert.True(WaitingRule.After + WaitingRule.AnswerTime + TimeSpan.FromSeconds(0.5) < TimeSpan.FromSeconds(5));

    [Fact]
    public void A_store_that_does_not_answer_comes_before_what_the_ranks_do() => Assert.Equal(
        "the cluster's store has not answered for 3 s", WaitingRule.Cause("training", 3.5, 3.2, [Rank(0, WorkerActivity.AwaitingGrant, 3), Rank(1, WorkerActivity.NotAnswering, 3)]));

    [Fact]
    public void A_silent_silo_is_named_with_those_that_wait_for_it() => Assert.Equal(
        "silo-2 has not answered for 4 s; silo-1, silo-3 wait for it",
        Cause(Rank(0, WorkerActivity.Exchanging, 4, ["silo-2"]), Rank(1, WorkerActivity.NotAnswering, 4.9), Rank(2, WorkerActivity.Exchanging, 4, ["silo-2"])));

    [Fact]
    public void A_shard_whose_data_is_not_read_is_named() => Assert.Equal(
        "silo-3 has been reading shard 4 for 4 s", Cause(Rank(0, WorkerActivity.Joining, 4), Rank(2, WorkerActivity.ReadingData, 4, shards: [4])));

    [Fact]
    public void A_silo_that_computes_while_others_wait_is_slow() => Assert.Equal(
        "silo-1 has been computing for 6 s; silo-2 waits for it",
        Cause(Rank(0, WorkerActivity.Computing, 6.1), Rank(1, WorkerActivity.Exchanging, 5, ["silo-1"]), Rank(2, WorkerActivity.AwaitingGrant, 5)));

    [Fact]
    public void Where_all_wait_the_data_does_not_arrive() => Assert.Equal(
        "no data arrives: silo-2 has waited 5 s for numbers of silo-1",
        Cause(Rank(0, WorkerActivity.Exchanging, 4, ["silo-2"]), Rank(1, WorkerActivity.Exchanging, 5, ["silo-1"])));

    [Fact]
    public void A_rank_that_waits_for_one_that_waits_for_a_third_leads_to_the_third() => Assert.Equal(
        "silo-3 has been evaluating for 7 s; silo-2 waits for it",
        Cause(Rank(0, WorkerActivity.Exchanging, 4, ["silo-2"]), Rank(1, WorkerActivity.Exchanging, 5, ["silo-3"]), Rank(2, WorkerActivity.Evaluating, 7)));

    [Fact]
    public void A_long_step_of_one_silo_alone_is_no_riddle() => Assert.Equal("silo-1 has been computing for 8 s", Cause(Rank(0, WorkerActivity.Computing, 8)));

    [Fact]
    public void Without_ranks_it_is_what_the_coordinator_does() => Assert.Equal("waiting for silos, for 9 s", WaitingRule.Cause("waiting for silos", 9, 0, []));
}
