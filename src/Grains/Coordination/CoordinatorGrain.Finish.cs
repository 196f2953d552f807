using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>What follows when the workers of a generation have stopped at a step: the end, a pause, or another generation.</content>
internal sealed partial class CoordinatorGrain
{
    // Every worker has committed the same step, the last one or an earlier one.
    private async Task Finish(GenerationRun run)
    {
        if (run.IsDone || State.CancelAsked)
        {
            await Publish(run, run.IsDone ? JobState.Completed : JobState.Cancelled, null);
        }
        else if (State.PauseAsked)
        {
            if (!await Park(run, StillPausing))
            {
                Spend(TimePart.Rendezvous);
                return; // no longer asked for: without a checkpoint the workers' state would be lost
            }

            await _group!.Release(); // before anybody can resume it
            if (State.CancelAsked || !State.PauseAsked)
            {
                Spend(TimePart.Rendezvous);
                return; // asked meanwhile: the next generation knows
            }

            await Rest(_progress!.Committed);
        }
        else if (!_ended && (await Rendezvous(State.Generation)).Count == 0)
        {
            // All silos are shutting down: the next silo to start continues from here.
            await Park(run, _ => false);
            _ended = true;
            Formed();
            DeactivateOnIdle();
        }
        else
        {
            if (_group!.Silos.Any(_leaving.Contains))
            {
                Activity = "writing a checkpoint";
                Spend(TimePart.CheckpointStall);
                await run.Checkpoint(Acknowledged); // the leaving silo may hold state that no other silo has
            }

            Spend(TimePart.Rendezvous);
            BeginForming("resize", _clock.Now);
            Note(JobEventKind.Resized, null, $"the set of silos changes after step {_progress!.Committed}");
        }
    }

    private async Task Rest(long step)
    {
        Spend(TimePart.Idle);
        EndForming("the job is paused");
        State.PauseAsked = false;
        State.State = JobState.Paused;
        Note(JobEventKind.Paused, null, $"paused after step {step}");
        _activity = ""; // waiting callers are notified once it is stored
        await SaveForCertain();
    }

    private bool StillPausing(string failure)
    {
        Activity = $"pausing: the checkpoint of step {_progress!.Committed} could not be written, and is tried again: {failure}";
        return State.PauseAsked && !State.CancelAsked && !_ended;
    }

    // Writes a checkpoint; returns whether the whole job is on disk.
    private async Task<bool> Park(GenerationRun run, Func<string, bool> again)
    {
        Activity = "writing a checkpoint";
        Spend(TimePart.CheckpointStall);
        await run.Checkpoint(() => Acknowledged, again);
        if (State.Checkpoints.LastOrDefault()?.Step != _progress!.Committed)
        {
            return false;
        }

        Spend(TimePart.Idle); // if all silos stop now, nobody can say so later
        State.Parked = true;
        Remember(run);
        _progress.Settle(_progress.Committed);
        await SaveForCertain();
        return true;
    }

    private async Task EndHere(JobState state, string? failure)
    {
        if (State is { HasOutput: true, Result: null } && _group is { Count: > 0 } group)
        {
            await group.GiveBackOutput(Output);
        }

        await End(state, failure);
        await ReleaseAll();
        Formed();
    }

    private async Task End(JobState state, string? failure)
    {
        await EndTracking(state, failure);
        Conclude(state, failure);
        await SaveForCertain();
        CleanCheckpoints();
    }

    private void Conclude(JobState state, string? failure)
    {
        State.State = state;
        State.Failure = failure;
        State.Time.Enter(TimePart.Idle, _clock.Now);
        Measure(isRunning: false);
        EndForming(failure ?? "the job has ended");
        _traces.Write(JobId, state.ToString().ToLowerInvariant(), State.Phases, _clock.Now);
        State.Progress = _progress?.Settled ?? State.Progress;
        var how = _progress is { Live.Converged: true } ? $": the optimiser has converged after {Plural.Of(_progress.Committed, "step")}" : "";
        Note(JobEventKind.Ended, null, failure ?? state.ToString().ToLowerInvariant() + how);
        _activity = ""; // waiting callers are notified once it is stored
        if (state is JobState.Completed or JobState.Cancelled)
        {
            State.Checkpoints = [];
        }
    }
}
