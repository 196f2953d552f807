using Granary.Contracts;
using Granary.Grains.Workers;

namespace Granary.Grains.Tests;

public sealed class SessionStateTests
{
    [Fact]
    public async Task Whoever_waits_for_a_step_is_told_when_it_is_committed_or_never_will_be()
    {
        var state = new SessionState();
        var (third, ninth) = (state.Steps.Reach(3), state.Steps.Reach(9));
        state.SetReady(2);
        await state.Ready;
        Assert.False(third.IsCompleted);

        state.Steps.Pass(4);
        await third;
        state.End();

        await Assert.ThrowsAsync<LostPeerException>(() => ninth);
        await Assert.ThrowsAsync<LostPeerException>(() => state.Steps.Reach(5));
        await state.Steps.Reach(4);
        await state.Ended;
    }

    [Fact]
    public async Task A_session_that_fails_before_it_is_ready_says_why()
    {
        var state = new SessionState();
        state.FailReady(new DamagedCheckpointException("torn"));
        Assert.True(state.IsReadyDecided);
        state.End();

        Assert.Equal("torn", (await Assert.ThrowsAsync<DamagedCheckpointException>(() => state.Ready)).Message);
    }

    [Fact]
    public async Task A_session_that_is_stopped_before_it_is_ready_is_cancelled()
    {
        var state = new SessionState();
        state.Stop();
        Assert.True(state.Stopping.IsCancellationRequested);
        state.End();

        await Assert.ThrowsAsync<TaskCanceledException>(() => state.Ready);
    }

    [Fact]
    public async Task Memory_is_not_freed_while_it_is_read_and_not_read_once_it_is_freed()
    {
        var guard = new ReadGuard();
        var freed = 0;
        Task closing;
        using (guard.Read())
        {
            closing = Task.Factory.StartNew(
                () => guard.Close(() => freed++), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.Equal(0, Volatile.Read(ref freed));
        }

        await closing;
        guard.Close(() => freed++);

        Assert.Equal(1, freed);
        Assert.Throws<ObjectDisposedException>(() => { using var scope = guard.Read(); });
    }
}
