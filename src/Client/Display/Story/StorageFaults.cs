using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>A cluster store that failed.</summary>
internal sealed class StorageFaults : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.StorageFailed];

    /// <inheritdoc/>
    public bool IsFault => true;

    /// <inheritdoc/>
    public string? Tell(JobRecord record) => record.Of(JobEventKind.StorageFailed) is [.., var last] all
        ? JobRecord.Plain($"The cluster's store failed {record.Times(all.Length)}, the last time at step {last.Step}: {last.Message}. The job went on and stored it later. Look at the space and the health of the store's disk.")
        : null;
}
