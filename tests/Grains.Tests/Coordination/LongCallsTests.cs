using Granary.Contracts;
using Granary.Grains.Coordination;
using Granary.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Grains.Tests.Coordination;

/// <summary>Calls that may take hours: when they are given up, and when not.</summary>
public sealed class LongCallsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource<int> _answer = new();

    private static WorkerStanding Standing(int? calls) => new(0, false, [], 0, WorkerActivity.Joining, [], calls);

    private Task<int> Make(Func<Task<WorkerStanding>> stand) => new LongCalls(t => t, _time).Make("silo-1", () => _answer.Task, stand);

    // Lets time pass until the call has ended.
    private async Task<int> Pass(Task<int> call, int seconds)
    {
        for (var s = 0; s < 4 * seconds && !call.IsCompleted; s++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.25));
            for (var turns = 0; turns < 20; turns++)
            {
                await Task.Yield();
            }
        }

        return await call.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_call_that_is_worked_at_is_waited_for_however_long_it_takes()
    {
        var asked = 0;
        var call = Make(() =>
        {
            if (++asked == 5000)
            {
                _answer.SetResult(7);
            }

            return Task.FromResult(Standing(1));
        });
        Assert.Equal(7, await Pass(call, 20_000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // and refuses the question before it has heard of the generation
    public async Task An_earlier_build_does_not_say_at_what_it_works_and_is_waited_for(bool stale)
    {
        var asked = 0;
        var call = Make(() =>
        {
            if (++asked == 100)
            {
                _answer.SetResult(7);
            }

            return stale ? Task.FromException<WorkerStanding>(new StaleGenerationException("no")) : Task.FromResult(Standing(null));
        });
        Assert.Equal(7, await Pass(call, 1000));
    }

    [Fact]
    public async Task A_call_that_is_not_worked_at_was_lost()
    {
        var asked = 0;
        var lost = await Assert.ThrowsAsync<LostMemberException>(() => Pass(
            Make(() =>
            {
                asked++;
                return Task.FromResult(Standing(0));
            }),
            1000));
        Assert.Equal((3, "silo-1", false), (asked, lost.Silo, lost.IsGone));
        Assert.Contains("a message was lost", lost.Message, StringComparison.Ordinal);
    }

    // Four looks of 2 s; where Orleans says so at once, one look a second for 8 s.
    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 8)]
    public async Task A_silo_that_does_not_answer_is_given_up(bool refused, int least)
    {
        var asked = 0;
        var lost = await Assert.ThrowsAsync<LostMemberException>(() => Pass(
            Make(() =>
            {
                asked++;
                return refused ? Task.FromException<WorkerStanding>(new OrleansException("no")) : new TaskCompletionSource<WorkerStanding>().Task;
            }),
            1000));
        Assert.InRange(asked, least, least + 1);
        Assert.Equal(("silo-1", false), (lost.Silo, lost.IsGone));
        Assert.Equal("silo silo-1 does not answer", lost.Message);
    }

    [Fact]
    public async Task Looks_in_vain_that_do_not_follow_each_other_say_nothing()
    {
        var asked = 0;
        var call = Make(() =>
        {
            if (++asked == 400)
            {
                _answer.SetResult(7);
            }

            return (asked % 4) switch
            {
                0 => Task.FromResult(Standing(1)),
                1 => Task.FromResult(Standing(0)), // it has just ended, and the answer is on its way
                _ => Task.FromException<WorkerStanding>(new TimeoutException()),
            };
        });
        Assert.Equal(7, await Pass(call, 20_000));
    }

    // Its timers all fire at once when it runs again.
    [Fact]
    public async Task One_that_was_frozen_does_not_blame_others()
    {
        var asked = 0;
        var call = Make(() => ++asked switch
        {
            3 => new TaskCompletionSource<WorkerStanding>().Task, // frozen while it waits for this answer
            50 => Answer(),
            _ => Task.FromResult(Standing(1)),
        });
        for (var i = 0; i < 2000 && asked < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.25));
            await Task.Yield();
        }

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(7, await Pass(call, 1000));

        Task<WorkerStanding> Answer()
        {
            _answer.SetResult(7);
            return Task.FromResult(Standing(1));
        }
    }

    [Fact]
    public async Task Of_several_calls_one_that_is_lost_ends_the_waiting_and_another_failure_does_not()
    {
        var (slow, failed) = (new TaskCompletionSource(), Task.FromException(new JobException("bad")));
        await Assert.ThrowsAsync<LostMemberException>(() => LongCalls.All([slow.Task, failed, Task.FromException(new LostMemberException("b", "lost", isGone: false))]));
        var both = LongCalls.All([slow.Task, failed]);
        Assert.False(both.IsCompleted);
        slow.SetResult();
        await Assert.ThrowsAsync<JobException>(() => both);
    }

    [Fact]
    public async Task Of_a_generation_that_is_over_nobody_is_asked_any_more()
    {
        var (calls, asked) = (new LongCalls(t => t, _time), 0);
        var call = calls.Make("silo-1", () => _answer.Task, () =>
        {
            asked++;
            calls.Abandon();
            return Task.FromResult(Standing(1));
        });
        for (var i = 0; i < 2000; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.25));
            await Task.Yield();
        }

        Assert.Equal(1, asked);
        _answer.SetResult(7);
        Assert.Equal(7, await call);
    }

    [Fact]
    public async Task Its_own_failure_comes_through()
    {
        _answer.SetException(new JobException("bad data"));
        Assert.Equal("bad data", (await Assert.ThrowsAsync<JobException>(() => Make(() => Task.FromResult(Standing(1))))).Message);
    }
}
