using Granary.Contracts;
using Granary.Grains.Goodput;

namespace Granary.Grains.Coordination;

/// <content>Taking over a job whose coordinator was lost with its silo.</content>
internal sealed partial class CoordinatorGrain
{
    // Workers name their generation, and only the current one's count.
    private static readonly HashSet<string> OfWorkers = [nameof(Report), nameof(Trouble), nameof(CheckpointWritten)];

    /// <summary>Any call continues the job, except calls of workers of an old generation. In a network partition, the workers of each part
    /// would otherwise make their own coordinator take the job away from the other part's, again and again.</summary>
    /// <param name="context">The call.</param>
    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (!OfWorkers.Contains(context.MethodName))
        {
            TakeOver();
        }

        return context.Invoke();
    }

    private void TakeOver()
    {
        if (!_lost)
        {
            return;
        }

        _lost = false;

        // The workers of the lost coordinator's generation must not go on without one.
        var since = State.Time.Until ?? _clock.Now;
        State.Time.TakenOver(State.Parked, _clock.Now);
        if (State.Parked)
        {
            BeginForming("resume", _clock.Now);
        }
        else
        {
            NoteRecovery(since, RecoveryCause.LostCoordinator, failure: null);
            State.Recoveries++;
            // Not always the silo that it was in: the cluster's directory may have lost its entry with another one.
            var gone = State.Members.Select(m => m.Name).Where(name => Status(name) is not SiloStatus.Active).ToArray();
            Note(
                JobEventKind.SiloLost, gone.FirstOrDefault(),
                gone.Length > 0 ? $"silo {string.Join(", ", gone)} is gone, and the job's coordinator with it; another took the job over" : "the job's coordinator was lost; another took the job over");
        }

        Live();
    }
}
