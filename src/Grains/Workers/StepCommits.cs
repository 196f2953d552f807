using Granary.Contracts;
using Granary.Grains.ModelState;

namespace Granary.Grains.Workers;

/// <summary>Commits steps: version t + 1 becomes the current one.</summary>
/// <param name="memory">What this silo keeps of the job.</param>
/// <param name="versions">This generation's versions of the model.</param>
/// <param name="barrier">Tells those that wait for a step.</param>
/// <param name="first">First step of the generation.</param>
internal sealed class StepCommits<T>(JobMemory memory, VersionStore<T> versions, StepBarrier barrier, long first)
    where T : unmanaged
{
    /// <summary>Commits the step whose version t + 1 has just been written.</summary>
    public void Commit(StepRecord record)
    {
        memory.Log.Add(record);
        versions.Commit();
        var committed = versions.Current.Step;
        barrier.Pass(committed);
        if (committed == first + 2)
        {
            memory.Settle(versions); // every worker has taken a step of this generation: older versions are not needed any more
        }
    }
}
