using System.Diagnostics;
using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <content>What the ranks are doing, and who is waited for where nothing moves.</content>
internal sealed partial class CoordinatorGrain
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(0.5);

    private (long Generation, long Step, string Activity) _moved;
    private long _movedAt = Stopwatch.GetTimestamp();
    private string? _waitingFor;

    /// <inheritdoc/>
    public async Task<JobActivity?> Doing()
    {
        if (State.Submission is null)
        {
            return null;
        }

        var ranks = State.State == JobState.Running && _run is not null && _group is { } group ? await group.Ranks(WaitingRule.AnswerTime) : [];
        return new JobActivity(JobId, State.State, _keeper.Failing ?? Activity, Committed, State.State == JobState.Running ? SinceProgress.TotalSeconds : 0, _waitingFor, ranks);
    }

    private long Committed => (_progress?.Live ?? State.Progress)?.Committed ?? 0;

    // A long step is no stall.
    private TimeSpan UsualStep => TimeSpan.FromSeconds(_run?.Members.Select(m => m.ComputeSeconds + m.ExchangeSeconds).DefaultIfEmpty().Max() ?? 0);

    private TimeSpan SinceProgress => Stopwatch.GetElapsedTime(_movedAt);

    // Beside the job's life, until that ends.
    private async Task FollowProgress(Task life)
    {
        _movedAt = Stopwatch.GetTimestamp();
        try
        {
            while (!life.IsCompleted && !_ended)
            {
                await Task.WhenAny(life, Task.Delay(LookEvery));
                await LookForProgress();
            }
        }
        finally
        {
            Waits(null);
        }
    }

    private async Task LookForProgress()
    {
        var now = (State.Generation, Committed, Activity);
        if (now != _moved)
        {
            (_moved, _movedAt) = (now, Stopwatch.GetTimestamp());
            Waits(null);
        }
        else if (SinceProgress > WaitingRule.After + (2 * UsualStep))
        {
            var ranks = _run is not null && _group is { } group ? await group.Ranks(WaitingRule.AnswerTime) : [];
            if (now == (State.Generation, Committed, Activity))
            {
                Waits(WaitingRule.Cause(_keeper.Failing ?? Activity, SinceProgress.TotalSeconds, _keeper.Storing.TotalSeconds, ranks, silo.ClusterStore));
            }
        }
    }

    private void Waits(string? cause)
    {
        if (cause != _waitingFor)
        {
            _waitingFor = cause;
            _changes.News();
        }
    }
}
