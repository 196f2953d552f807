using Granary.Grains.ModelState;

namespace Granary.Grains.Workers;

/// <summary>In which steps optimiser state is replicated, as the coordinator has granted, and where the replica goes.</summary>
/// <param name="grants">The steps granted.</param>
/// <param name="versions">Has room for replicas.</param>
internal sealed class ReplicaSchedule<T>(Grants grants, VersionStore<T> versions)
    where T : unmanaged
{
    /// <summary>Room for the replica that this worker receives in a step; null: the step replicates nothing.</summary>
    public StateSlice<T>? For(long step) => grants.Replicates(step) ? versions.MakeReplica() : null;
}
