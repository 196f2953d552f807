using Granary.Contracts;
using Granary.Grains.Goodput;

namespace Granary.Grains.Coordination;

/// <content>How a job goes on whose coordinator was lost with its silo.</content>
internal sealed partial class CoordinatorGrain
{
    // Workers name their generation, and only the current one's count.
    private static readonly HashSet<string> OfWorkers = [nameof(Report), nameof(Trouble), nameof(CheckpointWritten)];

    /// <summary>Whoever calls, the job goes on, but for workers of a generation that is over. They know nothing of the coordinator that ended it: where two
    /// parts of a cluster do not know of each other, each part's workers would have their coordinator take the job away from the other's without end.</summary>
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

        // The lost one's generation must not go on without a head.
        if (!State.Parked)
        {
            State.Recoveries++;
            State.Time.Failed(RecoveryCause.LostCoordinator, _clock.Now);
            State.Note(JobEventKind.SiloLost, null, "the silo of the job's coordinator was lost; another took the job over");
        }

        _life = Run(_life);
    }
}
