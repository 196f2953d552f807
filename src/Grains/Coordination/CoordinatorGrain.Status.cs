using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <content>What others ask about the job.</content>
internal sealed partial class CoordinatorGrain
{
    /// <inheritdoc/>
    public Task<JobStatus?> Status(int pointsKnown)
    {
        if (State.Submission is not { } submission)
        {
            return Task.FromResult<JobStatus?>(null);
        }

        var batches = State.Facts is { } facts ? Batches(facts) : null;
        var live = _progress?.Live ?? State.Progress ?? ProgressState.Empty(0);
        var lately = State.State == JobState.Running && _run is { } present ? present.ExamplesPerSecond : 0; // an ended job's last generation may still be here
        return Task.FromResult<JobStatus?>(new JobStatus
        {
            JobId = JobId,
            Name = Job.Name,
            State = State.State,
            Activity = _keeper.Failing ?? Activity,
            Step = live.Committed,
            Steps = batches?.Steps ?? 0,
            StepsPerEpoch = batches?.StepsPerEpoch ?? 0,
            Epochs = Job.Training.Epochs,
            Generation = State.Generation,
            Recoveries = State.Recoveries,
            Members = _run?.Members ?? State.Members,
            Examples = live.Examples,
            ExamplesPerSecond = lately > 0 ? lately : State.Done(live).ExamplesPerSecondSince(State.Earlier),
            Seconds = _run?.Seconds ?? State.Seconds,
            Points = [.. live.Points.Skip(pointsKnown)],
            Failure = State.Failure,
            Result = State.Result,
            Submitted = State.Submitted,
            Shards = Job.Data.Shards,
            Priority = submission.Priority,
            Group = submission.Group,
            Owner = submission.Owner,
            Idle = State.State == JobState.Running ? _idle : [],
            Durable = State.Checkpoints.Count > 0 ? State.Checkpoints[^1].Step : null,
            Resumed = _resumed,
            Coordinator = silo.Name,
            Absent = [.. State.Absent],
            Earlier = State.Earlier,
            Mark = _changes.Mark,
            WaitingFor = _waitingFor,
        });
    }

    /// <inheritdoc/>
    public async Task<JobStatus?> StatusAfter(StatusMark known, int pointsKnown)
    {
        if (!_ended)
        {
            await _changes.After(known);
        }

        return await Status(pointsKnown);
    }

    /// <inheritdoc/>
    public Task<LedgerReport?> Ledger()
    {
        var live = _progress?.Live ?? State.Progress;
        return Task.FromResult(State.Submission is null ? null : new LedgerReport(
            Job, State.Facts, live?.Committed ?? 0, [.. live?.Ledger ?? []], State.Recoveries, State.Facts is { } facts ? live?.UnderWay(Batches(facts)) : null));
    }

    /// <inheritdoc/>
    public Task<GoodputReport?> Goodput() => Task.FromResult(State.Submission is null || State.Time.Until is null ? null : GoodputNow());

    private GoodputReport GoodputNow() =>
        State.Time.Report(JobId, _clock.Now, ended: State.State is JobState.Completed or JobState.Failed or JobState.Cancelled);

    /// <inheritdoc/>
    public Task<IReadOnlyList<JobEvent>> Events() => Task.FromResult<IReadOnlyList<JobEvent>>([.. State.Events]);
}
