using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>Checkpoints that could not be written or read.</summary>
internal sealed class CheckpointFaults : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.CheckpointFailed, JobEventKind.CheckpointDamaged];

    /// <inheritdoc/>
    public bool IsFault => true;

    /// <inheritdoc/>
    public string? Tell(JobRecord record)
    {
        List<string> parts = [];
        if (record.Of(JobEventKind.CheckpointFailed) is [.., var failed] all)
        {
            parts.Add($"Checkpoints failed {record.Times(all.Length)}, the last time at step {failed.Step}: {failed.Message}. Look at the space and the health of the disk or the store that holds them.");
        }

        if (record.Of(JobEventKind.CheckpointDamaged) is [.., var damaged] torn)
        {
            parts.Add($"Damaged checkpoints were found {record.Times(torn.Length)}: {damaged.Message}. An older one was taken, or the start. Look at the health of that disk or store.");
        }

        return parts.Count == 0 ? null : string.Join(' ', parts);
    }
}
