using Granary.Contracts;

namespace Granary.Grains.Workers;

/// <summary>Lets others wait until a member has committed a step. Members are up to one step apart: what one has committed, another
/// may still be at.</summary>
internal sealed class StepBarrier
{
    private readonly Lock _changing = new();
    private readonly List<(long Step, TaskCompletionSource Reached)> _waiting = [];
    private long _committed;
    private bool _ended;

    /// <summary>Completes when so many steps are committed.</summary>
    /// <exception cref="LostPeerException">The member has stopped before.</exception>
    public Task Reach(long step)
    {
        lock (_changing)
        {
            if (_committed >= step)
            {
                return Task.CompletedTask;
            }

            if (_ended)
            {
                return Task.FromException(Stopped(step));
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((step, reached));
            return reached.Task;
        }
    }

    /// <summary>So many steps are committed.</summary>
    public void Pass(long committed)
    {
        lock (_changing)
        {
            _committed = committed;
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].Step <= committed)
                {
                    _waiting[i].Reached.SetResult();
                    _waiting.RemoveAt(i);
                }
            }
        }
    }

    /// <summary>There will be no more.</summary>
    public void End()
    {
        lock (_changing)
        {
            _ended = true;
            _waiting.ForEach(w => w.Reached.SetException(Stopped(w.Step)));
            _waiting.Clear();
        }
    }

    private LostPeerException Stopped(long step) => new($"a member stopped after step {_committed}; step {step} was waited for");
}
