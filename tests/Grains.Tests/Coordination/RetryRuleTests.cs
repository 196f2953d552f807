using Granary.Contracts;
using Granary.Grains.Checkpoints;
using Granary.Grains.Coordination;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Grains.Tests;

/// <summary>What is tried again, how often and after what pauses.</summary>
public class RetryRuleTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Silos_that_do_not_reach_each_other_never_end_a_job_that_goes_on_without_one_of_them()
    {
        var rule = new RetryRule(_clock);
        for (var times = 0; times < 100; times++)
        {
            var cut = new CutOffException(CutRule.Choose([("a", "b")], _ => true));
            Assert.Null(rule.Decide(cut, times).Failure);
            Assert.Equal([KeyValuePair.Create("b", "it and a do not reach each other")], rule.Aside(times));
            _clock.Advance(TimeSpan.FromSeconds(9.9)); // also past steps
            Assert.Single(rule.Aside(times + 1));
            _clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Empty(rule.Aside(times));
        }
    }

    [Fact]
    public void Silos_that_do_not_reach_each_other_are_waited_for_where_there_are_no_others()
    {
        var rule = new RetryRule(_clock);
        var fates = Enumerable.Range(0, 100).Select(_ => rule.Decide(new CutOffException(CutRule.Choose([("a", "b")], _ => true)), 0)).ToArray();
        Assert.All(fates, f => Assert.Null(f.Failure));
        Assert.Equal([0, 1, 3, 7, 7], fates[..5].Select(f => f.Pause.TotalSeconds));
    }

    [Fact]
    public void A_silo_that_is_left_out_again_is_left_out_for_longer()
    {
        var aside = new SilosAside(_clock);
        foreach (var seconds in new[] { 10, 20, 40, 60, 60 })
        {
            aside.Add("b", "why");
            _clock.Advance(TimeSpan.FromSeconds(seconds - 0.5));
            Assert.Equal(["b"], aside.Now.Keys);
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Empty(aside.Now);
        }

        _clock.Advance(TimeSpan.FromMinutes(1)); // all is well for as long as the longest
        aside.Add("b", "why");
        _clock.Advance(TimeSpan.FromSeconds(10.5));
        Assert.Empty(aside.Now);
    }

    [Fact]
    public void A_silo_lost_twice_that_lives_is_left_out_past_the_next_step_and_one_that_has_ended_is_not()
    {
        foreach (var gone in new[] { true, false })
        {
            var rule = new RetryRule(_clock);
            Assert.Null(rule.Decide(new LostMemberException("b", "lost", gone), 10).Failure);
            Assert.Empty(rule.Aside(10));
            Assert.Null(rule.Decide(new LostMemberException("b", "lost", gone), 10).Failure);
            Assert.Equal(["b"], rule.Aside(10).Keys);
            Assert.Equal(gone ? [] : ["b"], rule.Aside(11).Keys); // without another loss: it would never be taken in again
            Assert.Null(rule.Decide(new LostMemberException("a", "lost"), 11).Failure);
            Assert.Equal(gone ? [] : ["b"], rule.Aside(11).Keys);
            _clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Empty(rule.Aside(11));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_store_that_cannot_be_asked_is_waited_for_however_long(bool ofAWorker)
    {
        var rule = new RetryRule(_clock);
        Exception cause = ofAWorker ? new CheckpointUnavailableException("down") : new StoreUnavailableException("down");
        var fates = Enumerable.Range(0, 1000).Select(_ => rule.Decide(cause, 600)).ToArray();
        Assert.All(fates, f => Assert.Null(f.Failure));
        Assert.Equal([1, 2, 4, 8, 8], fates[..5].Select(f => f.Pause.TotalSeconds));
        Assert.All(fates[3..], f => Assert.Equal(8, f.Pause.TotalSeconds));

        // A step has been committed since: the next time it is asked soon.
        Assert.Equal(1, rule.Decide(cause, 601).Pause.TotalSeconds);
    }

    [Fact]
    public void Whatever_else_comes_again_and_again_without_a_step_ends_the_job()
    {
        var rule = new RetryRule(_clock);
        var fates = Enumerable.Range(0, 40).Select(_ => rule.Decide(new DamagedCheckpointException("torn"), 600)).ToArray();
        Assert.All(fates[..25], f => Assert.Null(f.Failure));
        Assert.Contains("gave up after 25 recoveries without a step between them; the last cause: torn", fates[25].Failure, StringComparison.Ordinal);
    }
}
