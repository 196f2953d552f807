using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <content>When the job's state is stored.</content>
internal sealed partial class CoordinatorGrain
{
    private async Task SaveNowAndThen()
    {
        RecordPointsNowAndThen();
        TrackNowAndThen();
        MeasureNowAndThen();

        // The ledger of time is worth storing without news, too: what a successor does not find there, it can only call lost.
        if ((_keeper.Age > SaveEvery && _progress!.Settled.Committed > _keeper.Stored) || _keeper.Age > SaveTimeEvery)
        {
            await TrySave();
        }
    }

    // That a failure has been stored says that the storage is back; who stored it may have been lost before that could be noted.
    private void NoteStorageBack()
    {
        if (State.Events.FindLast(e => e.Kind is JobEventKind.StorageFailed or JobEventKind.StorageBack) is { Kind: JobEventKind.StorageFailed })
        {
            Note(JobEventKind.StorageBack, silo.Name, $"the state is stored in {silo.ClusterStore} again; the coordinator that stored it was lost just then");
        }
    }

    // A successor counts on from the stored seconds: they must not be older than those of the stored points.
    private void AddSeconds(CoordinatorState state) => state.Seconds = _run?.Seconds ?? state.Seconds;

    private Task<bool> TrySave() => _keeper.TrySave();

    // Stores what a caller asked for. If storage fails, the caller gets the exception and asks again; only the save is left to do then.
    private async Task SaveAsked()
    {
        if (State.Submission is not null)
        {
            await _keeper.Save();
            _changes.News();
        }
    }

    // The end of a job, a pause or a new generation must be stored before anything else happens: retries while storage fails.
    private async Task SaveForCertain()
    {
        await _keeper.SaveForCertain(_deactivated.Token);
        _changes.News();
    }
}
