using Granary.Contracts;

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
        State.Time.TakenOver(State.Parked, _clock.Now);
        if (!State.Parked)
        {
            State.Recoveries++;
            State.Note(JobEventKind.SiloLost, null, "the silo of the job's coordinator was lost; another took the job over");
        }

        _life = Run(_life);
    }
}
