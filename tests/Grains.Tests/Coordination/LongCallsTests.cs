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

    [Fact]
    public async Task An_earlier_build_does_not_say_at_what_it_works_and_is_waited_for()
    {
        var asked = 0;
        var call = Make(() =>
        {
            if (++asked == 100)
            {
                _answer.SetResult(7);
            }

            return Task.FromResult(Standing(null));
        });
        Assert.Equal(7, await Pass(call, 1000));
    }

    [Theory]
    [InlineData(false)] // its generation is there, and no call
    [InlineData(true)] // it does not even know the generation
    public async Task A_call_that_is_not_worked_at_was_lost(bool stale)
    {
        var asked = 0;
        var lost = await Assert.ThrowsAsync<LostMemberException>(() => Pass(
            Make(() =>
            {
                asked++;
                return stale ? Task.FromException<WorkerStanding>(new StaleGenerationException("no")) : Task.FromResult(Standing(0));
            }),
            1000));
        Assert.Equal((3, "silo-1", false), (asked, lost.Silo, lost.IsGone));
        Assert.Contains("a message was lost", lost.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // Orleans says so at once
    public async Task A_silo_that_does_not_answer_is_given_up(bool refused)
    {
        var asked = 0;
        var lost = await Assert.ThrowsAsync<LostMemberException>(() => Pass(
            Make(() =>
            {
                asked++;
                return refused ? Task.FromException<WorkerStanding>(new OrleansException("no")) : new TaskCompletionSource<WorkerStanding>().Task;
            }),
            1000));
        Assert.Equal((4, "silo-1", false), (asked, lost.Silo, lost.IsGone));
        Assert.Equal("silo silo-1 does not answer, though the cluster knows it to be alive", lost.Message);
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

    [Fact]
    public async Task Its_own_failure_comes_through()
    {
        _answer.SetException(new JobException("bad data"));
        Assert.Equal("bad data", (await Assert.ThrowsAsync<JobException>(() => Make(() => Task.FromResult(Standing(1))))).Message);
    }
}
