using Granary.Contracts;

namespace Granary.Grains.Checkpoints;

/// <summary>Removes from a store the checkpoints that are not needed any more.</summary>
internal static class StoreCleaning
{
    /// <summary>Which are not needed: all but those to keep, and but those of later steps than theirs, which are being written. Plain rule.</summary>
    /// <param name="all">Those there are.</param>
    /// <param name="keep">Those to keep; none: all are superseded.</param>
    public static IEnumerable<CheckpointId> Superseded(IEnumerable<CheckpointId> all, IReadOnlyCollection<CheckpointId> keep)
    {
        var newest = keep.Select(c => (long?)c.Step).Max() ?? long.MaxValue;
        return all.Where(c => !keep.Contains(c) && c.Step <= newest);
    }

    /// <summary>Removes a job's superseded checkpoints. What cannot be removed stays: another silo may be removing it, or writing into it, and the next time will do.</summary>
    public static void Run(ICheckpointStore store, string job, IReadOnlyCollection<CheckpointId> keep) => Try(() =>
    {
        foreach (var checkpoint in Superseded(store.List(job), keep))
        {
            Try(() => store.Remove(checkpoint));
        }
    });

    private static void Try(Action remove)
    {
        try
        {
            remove();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }
}
