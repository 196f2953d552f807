using CsCheck;
using Granary.Contracts;
using Granary.Grains.Coordination;
using Granary.Grains.Exchange;
using Granary.Grains.Workers;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>The decisions of recovery, without a silo.</summary>
public class RecoveryRuleTests
{
    private const int Blocks = 7;

    private static ExchangeLayout Layout(int members) => new(new BlockPlan(Blocks * BlockPlan.BlockSize), new ShardPlan(8, members));

    private static HeldVersion Version(long step, bool weights, params (int, int)[] state) =>
        new(step, weights, [.. state.Select(s => new BlockRange(s.Item1, s.Item2))]);

    [Fact]
    public void A_lost_slice_goes_on_from_its_backup_where_that_is_whole()
    {
        // Three members owned blocks 0-1, 2-3, 4-6; the second is gone. The third is its backup, as of step 40.
        HeldVersion[][] held =
        [
            [Version(40, true, (0, 2), (4, 7)), Version(47, true, (0, 2))],
            [Version(40, true, (4, 7), (2, 4)), Version(47, true, (4, 7))],
        ];
        var restore = RestorePlan.Make(held, Layout(2), hasState: true)!;
        Assert.Equal(40, restore.Step);
        var state = restore.Transfers.Where(t => t.State).ToArray();
        Assert.Equal([new(0, 0, true, new(0, 2)), new(1, 0, true, new(2, 3)), new(1, 1, true, new(3, 7))], state);

        // Without any state the newest weights are enough.
        Assert.Equal(47, RestorePlan.Make(held, Layout(2), hasState: false)!.Step);
    }

    [Fact]
    public void Owner_and_backup_gone_together_leave_no_whole_version() =>
        Assert.Null(RestorePlan.Make([[Version(40, true, (0, 2)), Version(47, true, (0, 2))]], Layout(1), hasState: true));

    [Fact]
    public void Every_member_is_given_all_weights_and_its_own_state_by_somebody_who_has_it() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[0, 1000]).Sample(t =>
        {
            var (before, now, seed) = t;
            var random = new Random(seed);
            var old = Layout(before);
            var held = Enumerable.Range(0, now).Select(m => m < before && random.Next(3) > 0
                ? new[] { Version(10, true, old.Owned(m), old.Owned(old.ReplicaSourceOf(m))), Version(12, random.Next(2) > 0, old.Owned(m)) }
                : []).ToArray();
            var restore = RestorePlan.Make(held, Layout(now), hasState: true);
            bool Holds(int member, long step, int block) => held[member].Any(v => v.Step == step && v.State.Any(s => block >= s.First && block < s.End));
            bool Whole(long step) => held.Any(h => h.Any(v => v.Step == step && v.Weights))
                && Enumerable.Range(0, Blocks).All(b => Enumerable.Range(0, now).Any(m => Holds(m, step, b)));
            Assert.Equal(Whole(12) ? 12 : Whole(10) ? 10 : null, restore?.Step);
            if (restore is null)
            {
                return;
            }

            for (var member = 0; member < now; member++)
            {
                var mine = restore.Transfers.Where(x => x.To == member).ToArray();
                var weights = Assert.Single(mine, x => !x.State);
                Assert.Contains(held[weights.From], v => v.Step == restore.Step && v.Weights);
                var (first, end) = Layout(now).Owned(member);
                var blocks = mine.Where(x => x.State).SelectMany(x => Enumerable.Range(x.Blocks.First, x.Blocks.End - x.Blocks.First).Select(b => (x.From, b))).ToArray();
                Assert.Equal(Enumerable.Range(first, end - first), blocks.Select(x => x.b));
                Assert.All(blocks, x => Assert.True(Holds(x.From, restore.Step, x.b)));
            }
        });

    [Fact]
    public void A_step_counts_once_however_often_it_was_taken_again() => Gen.Int[0, 100_000].Sample(seed =>
    {
        var random = new Random(seed);
        long[] rows = [5, 1, 7];
        var batches = new BatchPlan(rows, 4, 5);
        var progress = new JobProgress(batches, [0, 0, 0], ProgressState.Empty(3));
        StepRecord Take(long step) => new(step, [.. Enumerable.Range(0, 3).Select(v => (v, R: batches.Rows(step, v))).Where(x => x.R.End > x.R.First).Select(
            x => new ShardRecord(x.v, x.R.End - x.R.First, x.R.End - x.R.First, 1, Digest(batches.EpochOf(step), x.v, x.R.First, x.R.End)))]);
        while (progress.Committed < batches.Steps)
        {
            var from = progress.Committed;
            for (var step = from; step < Math.Min(batches.Steps, from + random.Next(1, 5)); step++)
            {
                progress.Add([Take(step)], [], 0);
                progress.Settle(ReplicationPolicy.Settled(progress.Committed, null));
            }

            if (random.Next(3) == 0)
            {
                progress.Rewind(random.NextInt64(progress.Settled.Committed, progress.Committed + 1));
            }
        }

        // Rows 0 .. n-1 of every shard in every epoch: the digests of the five epochs are the same, so that they stand together.
        var entry = Assert.Single(progress.Live.Ledger);
        Assert.Equal((0, 5), (entry.FirstEpoch, entry.EndEpoch));
        Assert.Equal(rows, entry.Examples);
        Assert.Equal(rows.Select((n, v) => Digest(0, v, 0, (int)n)), entry.Digests);
        Assert.Equal(5 * 13, progress.Live.Examples);
    });

    [Fact]
    public void The_step_that_is_the_last_one_ends_the_job_unless_it_is_to_be_taken_again()
    {
        var progress = new JobProgress(new BatchPlan([3, 3], TrainingSection.AllExamples, 10), [0, 0], ProgressState.Empty(2));
        StepRecord Step(long step, bool last, int first, int end) =>
            new(step, [.. Enumerable.Range(first, end - first).Select(v => new ShardRecord(v, 3, 3, 1, 1))], last);
        progress.Add([Step(0, false, 0, 2), Step(1, true, 0, 1)], [], 0);
        Assert.Equal((1, false), (progress.Committed, progress.IsDone)); // a part of it is still missing
        progress.Add([Step(1, true, 1, 2)], [], 0);
        Assert.Equal((2, true, true), (progress.Committed, progress.IsDone, progress.Live.Converged));
        Assert.False(progress.Settled.Converged);
        progress.Rewind(1);
        Assert.False(progress.IsDone);
        progress.Add([Step(1, true, 0, 2)], [], 0);
        progress.Settle(2);
        Assert.True(progress.Settled.Converged); // whoever reads it back from storage knows too
        Assert.True(new JobProgress(new BatchPlan([3, 3], TrainingSection.AllExamples, 10), [0, 0], progress.Settled).IsDone);
    }

    [Fact]
    public void A_job_of_very_many_steps_shows_its_loss_from_the_first_on()
    {
        var progress = new JobProgress(new BatchPlan([4], 2, 1_000_000), [0], ProgressState.Empty(1));
        for (long step = 0; step < 10; step++)
        {
            progress.Add([new StepRecord(step, [new ShardRecord(0, 2, 2, 1, 1)])], [], 0);
        }

        Assert.Equal([1, 2, 4, 8], progress.Live.Points.Select(p => p.Step));
        Assert.Equal([2, 4, 8], progress.Live.Points.Where(p => p.EpochLoss is not null).Select(p => p.Step));
    }

    private static ulong Digest(int epoch, int shard, int first, int end) =>
        Enumerable.Range(first, end - first).Aggregate(0ul, (sum, row) => sum + SeededRandom.Mix(((ulong)shard << 32) + (ulong)row));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_example_skipped_or_repeated_shows_in_the_ledger(bool repeated)
    {
        var batches = new BatchPlan([4], 2, 3);
        var progress = new JobProgress(batches, [0], ProgressState.Empty(1));
        for (long step = 0; step < batches.Steps; step++)
        {
            var (first, end) = batches.Rows(step, 0);
            var digest = Digest(0, 0, first, end);
            if (step == 2)
            {
                digest = repeated ? Digest(0, 0, first, first + 1) * 2 : Digest(0, 0, first, first + 1);
            }

            progress.Add([new StepRecord(step, [new ShardRecord(0, step == 2 && !repeated ? 1 : 2, 2, 1, digest)])], [], 0);
        }

        Assert.Equal(3, progress.Live.Ledger.Count); // the second epoch stands apart
        Assert.NotEqual(progress.Live.Ledger[0].Digests[0], progress.Live.Ledger[1].Digests[0]);
        Assert.Equal(repeated ? 4 : 3, progress.Live.Ledger[1].Examples[0]);
    }

    [Fact]
    public void Keeping_costs_little_and_loses_little()
    {
        var big = new ExchangeLayout(new BlockPlan(6_000_000), new ShardPlan(8, 2));
        Assert.Equal(0, ReplicationPolicy.Every(big, 0, 0.01)); // no state, nothing to keep
        Assert.Equal(0, ReplicationPolicy.Every(new ExchangeLayout(new BlockPlan(100), new ShardPlan(8, 2)), 8, 0.01)); // everybody has all
        Assert.Equal(100, ReplicationPolicy.Every(Layout(3), 8, 0.001)); // a tenth of a second
        Assert.InRange(ReplicationPolicy.Every(big, 8, 0.05) * 0.05, 1, 5); // 24 MB a member: seldom
        Assert.Equal(30, ReplicationPolicy.Settled(32, [10, 30, 31]));
        Assert.Equal(10, ReplicationPolicy.Settled(31, [10, 30, 31]));
        Assert.Equal(31, ReplicationPolicy.Settled(32, null));
    }

    [Fact]
    public void Grants_follow_each_other()
    {
        using var grants = new Grants(5);
        grants.Give(new StepGrant(5, 20, 8, null, 0));
        grants.Give(new StepGrant(5, 20, 8, null, 0)); // told twice
        Assert.Throws<InvalidOperationException>(() => grants.Give(new StepGrant(30, 40, 0, null, 0)));
        grants.Give(new StepGrant(20, 30, 0, 20, 0));
        Assert.Equal(30, grants.Until);
        Assert.Equal([5, 8, 16], Enumerable.Range(5, 25).Where(s => grants.Replicates(s)).ToArray());
        Assert.Equal([20], Enumerable.Range(5, 25).Where(s => grants.TakeCheckpoint(s)).ToArray());
    }

    [Fact]
    public void The_jobs_own_fault_is_not_tried_again_and_others_are_with_limits()
    {
        Assert.Equal("bad file", new RetryRule(TimeProvider.System).Decide(new JobException("bad file"), 0).Failure);
        var rule = new RetryRule(TimeProvider.System);
        Assert.Null(rule.Decide(new LostMemberException("silo-2", "gone"), 10).Failure);
        Assert.Empty(rule.Aside(10));
        Assert.Null(rule.Decide(new LostMemberException("silo-2", "gone"), 10).Failure);
        Assert.Equal(["silo-2"], rule.Aside(10).Keys);
        Assert.Null(rule.Decide(new LostMemberException("silo-1", "gone"), 11).Failure);
        Assert.Empty(rule.Aside(11)); // a step was committed meanwhile
        var fruitless = new RetryRule(TimeProvider.System);
        var tries = 1;
        while (fruitless.Decide(new TimeoutException("no answer"), 3).Failure is null)
        {
            tries++;
        }

        Assert.Equal(26, tries);
    }

    [Fact]
    public void Silos_whose_gradients_are_wrong_end_the_job_only_where_nobody_else_is_left()
    {
        var rule = new RetryRule(TimeProvider.System);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(new RetryRule.Fate(null, TimeSpan.Zero), rule.Decide(new WrongMembersException([(1, "wrong")], othersAreLeft: true), 10));
        }

        Assert.Equal("wrong", rule.Decide(new WrongMembersException([(0, "wrong"), (1, "wrong, too")], othersAreLeft: false), 10).Failure);
    }

    [Fact]
    public void A_store_that_fails_for_a_while_is_tried_more_often_than_a_fault_of_the_job()
    {
        var rule = new RetryRule(TimeProvider.System);
        for (var tries = 0; tries < 20; tries++)
        {
            Assert.Null(rule.Decide(new IOException("no space left"), 3).Failure);
        }

        Assert.True(rule.Decide(new IOException("no space left"), 3).Pause > TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void A_stall_is_not_a_slow_silo()
    {
        MemberStatus[] members = [new("a", 1, 0, 4, 0.01, 0), new("b", 2, 4, 8, 0.01, 0)];
        var watch = new StallWatch(2);
        Assert.Null(watch.Look([new(5, true, [1], 0.1, WorkerActivity.Exchanging, []), new(5, false, [], 0.1, WorkerActivity.Computing, [])], members, StallWatch.StallTime));
        var stalled = watch.Look([new(5, true, [1], 9, WorkerActivity.Exchanging, []), new(5, true, [], 9, WorkerActivity.Exchanging, [])], members, StallWatch.StallTime);
        Assert.True(stalled!.Stalled);
        Assert.Equal("b", stalled.Silo);
        var slow = watch.Look([new(5, true, [1], 9, WorkerActivity.Exchanging, []), new(5, false, [], 9, WorkerActivity.Computing, [])], members, StallWatch.StallTime);
        Assert.False(slow!.Stalled);
        Assert.Equal("b", slow.Silo);
    }

    // Of each of three members, whom it waits for.
    [Theory]
    [InlineData("bc", "a", "a", "a")] // what is sent to a is lost
    [InlineData("b", "a", "ab", "b")] // a and b do not reach each other; c waits because they do
    [InlineData("", "a", "a", "a")]
    [InlineData("c", "", "", "c")]
    public void A_stall_is_blamed_on_an_end_of_what_is_broken(string a, string b, string c, string blamed)
    {
        MemberStatus[] members = [new("a", 1, 0, 2, 0.01, 0), new("b", 2, 2, 4, 0.01, 0), new("c", 3, 4, 6, 0.01, 0)];
        var standing = new[] { a, b, c }.Select(w => new WorkerStanding(5, true, [.. w.Select(x => x - 'a')], 9, WorkerActivity.Exchanging, [])).ToArray();
        Assert.Equal(blamed, new StallWatch(3).Look(standing, members, StallWatch.StallTime)!.Silo);
    }

    [Fact]
    public void A_silo_that_does_not_answer_is_named_once_the_others_wait()
    {
        MemberStatus[] members = [new("a", 1, 0, 2, 0.01, 0), new("b", 2, 2, 4, 0.01, 0), new("c", 3, 4, 6, 0.01, 0)];
        WorkerStanding Stands(bool waiting, double seconds) => new(5, waiting, [1], seconds, waiting ? WorkerActivity.Exchanging : WorkerActivity.Computing, []);
        var watch = new StallWatch(3);
        Assert.Null(watch.Look([Stands(true, 9), null, Stands(waiting: false, 9)], members, StallWatch.StallTime)); // c computes
        Assert.Null(watch.Look([Stands(true, 9), null, Stands(true, 1)], members, StallWatch.StallTime)); // c has just been sent something
        var stalled = watch.Look([Stands(true, 9), null, Stands(true, 9)], members, StallWatch.StallTime)!;
        Assert.Equal((true, 1, "b"), (stalled.Stalled, stalled.Lost, stalled.Silo));
        Assert.Equal("silo b has not answered for 6 s, though the cluster knows it to be alive, and nobody goes on without it", stalled.Message);
    }

    // b has what it may do done: of what it was to send, something is lost.
    [Fact]
    public void One_that_has_nothing_more_to_do_is_not_waited_for()
    {
        MemberStatus[] members = [new("a", 1, 0, 1, 0.01, 0), new("b", 2, 1, 2, 0.01, 0)];
        WorkerStanding done = new(6, false, [], 9, WorkerActivity.AwaitingGrant, [], 0);
        var watch = new StallWatch(2);
        Assert.Null(watch.Look([new(5, true, [1], 1, WorkerActivity.Exchanging, []), done], members, StallWatch.StallTime));
        Assert.Null(watch.Look([done, done], members, StallWatch.StallTime));
        var stalled = watch.Look([new(5, true, [1], 9, WorkerActivity.Exchanging, []), done], members, StallWatch.StallTime)!;
        Assert.Null(watch.Look([new(5, true, [1], 9, WorkerActivity.Exchanging, []), done with { Calls = null }], members, StallWatch.StallTime)); // an earlier build may be busy
        Assert.Equal((true, "b", "nothing has moved for more than 3 s: a still misses numbers of b"), (stalled.Stalled, stalled.Silo, stalled.Message));
    }

    [Fact]
    public void Weights_that_do_not_arrive_while_a_generation_forms_are_a_stall_once_nobody_prepares_any_more()
    {
        MemberStatus[] members = [new("a", 1, 0, 1, 0, 0), new("b", 2, 1, 2, 0, 0)];
        WorkerStanding restores = new(5, true, [1], 9, WorkerActivity.Joining, [], 1);
        var watch = new StallWatch(2);
        Assert.Null(watch.Look([restores, new(5, false, [], 9, WorkerActivity.Joining, [], 1)], members, StallWatch.StallTime));
        Assert.Equal((true, "a"), watch.Look([restores, new(5, false, [], 9, WorkerActivity.AwaitingGrant, [], 0)], members, StallWatch.StallTime, forming: true) is { } stalled ? (stalled.Stalled, stalled.Silo) : default);

        // One that does not answer is blamed all the same.
        Assert.Equal("b", watch.Look([restores, null], members, StallWatch.StallTime, forming: true)!.Silo);
        MemberStatus[] three = [.. members, new("c", 3, 2, 3, 0, 0)];
        Assert.Equal("a", new StallWatch(3).Look([restores, new(5, false, [], 9, WorkerActivity.AwaitingGrant, [], 0), restores], three, StallWatch.StallTime, forming: true)!.Silo);
    }

    [Fact]
    public void Where_nobody_answers_the_only_one_is_blamed_and_of_several_none()
    {
        MemberStatus[] members = [new("a", 1, 0, 1, 0.01, 0), new("b", 2, 1, 2, 0.01, 0)];
        Assert.Equal("a", new StallWatch(1).Look([null], members[..1], StallWatch.StallTime)!.Silo);
        var all = new StallWatch(2).Look([null, null], members, StallWatch.StallTime)!;
        Assert.Equal((true, null, "no silo of the job has answered for 6 s, though the cluster knows them to be alive"), (all.Stalled, all.Silo, all.Message));
    }

    [Fact]
    public void A_slow_silos_times_are_told_in_units_in_which_they_differ()
    {
        MemberStatus[] members = [new("a", 1, 0, 1, 0.0031, 0), new("b", 2, 1, 2, 0.08, 0)];
        var slow = new StallWatch(2).Look([new(5, true, [1], 0.01, WorkerActivity.Exchanging, []), new(5, false, [], 0.01, WorkerActivity.Computing, [])], members, StallWatch.StallTime);
        Assert.Equal("silo b is slow: its gradients take 80 ms, those of the others 3.1 ms; the others wait for it", slow!.Message);
    }

    [Fact]
    public void Of_others_that_have_not_taken_a_step_no_time_is_told()
    {
        MemberStatus[] members = [new("a", 1, 0, 1, 0, 0), new("b", 2, 1, 2, 0, 0)];
        var slow = new StallWatch(2).Look([new(5, true, [1], 4, WorkerActivity.Exchanging, []), new(5, false, [], 4, WorkerActivity.Computing, [])], members, StallWatch.StallTime);
        Assert.Equal("silo b is slow: its gradients take 4 s; the others wait for it", slow!.Message);
    }
}
