using Granary.Contracts;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Coordination;

/// <content>The coordinator's traces: of each generation's forming, and of the whole job.</content>
internal sealed partial class CoordinatorGrain
{
    private readonly JobTrace _traces = new();
    private FormationTrace? _formation;

    // A generation is to be formed. One that was being formed is not any more.
    private void BeginForming(string reason, DateTimeOffset began, string? cause = null, string? failure = null)
    {
        EndForming(failure ?? "another generation is formed instead");
        _formation = FormationTrace.Begin(reason, JobId, State.Generation + 1, began, cause);
        if (_formation is { } formation)
        {
            _traces.Add(formation.Context);
            if (cause is not null)
            {
                formation.Past("detection", began, _clock.Now);
            }

            formation.Enter("rendezvous");
        }
    }

    private void EndForming(string? failure)
    {
        _formation?.End(failure);
        _formation = null;
    }

    // The calls that are made in a phase belong to it.
    private async Task<T> Forming<T>(Func<Task<T>> call)
    {
        System.Diagnostics.Activity.Current = _formation?.Phase;
        return await call();
    }

    // From now on the job's time is spent on this.
    private void Spend(TimePart part, string? phase = null)
    {
        State.Time.Enter(part, _clock.Now);
        State.Phases.Enter(phase ?? PhaseOf(part), _clock.Now);
        Measure(State.State == JobState.Running);
    }

    // What a generation failed on was not noticed at once.
    private void NoteRecovery(DateTimeOffset since, string cause, string? failure)
    {
        State.Phases.Enter("detection", since);
        State.Phases.Enter(PhaseOf(TimePart.Rendezvous), _clock.Now);
        BeginForming("recovery", since, cause, failure);
    }

    private static string PhaseOf(TimePart part) => part switch
    {
        TimePart.Queued => "queue",
        TimePart.Starting or TimePart.Rendezvous => "rendezvous",
        TimePart.ReadingData => "read data",
        TimePart.Computing => "train",
        TimePart.CheckpointStall => "checkpoint",
        TimePart.Idle => "pause",
        _ => GoodputReport.Name(part),
    };
}
