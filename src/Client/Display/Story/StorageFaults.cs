using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>A cluster store that failed, or fails.</summary>
internal sealed class StorageFaults : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.StorageFailed, JobEventKind.StorageBack];

    /// <inheritdoc/>
    public bool IsFault => true;

    /// <inheritdoc/>
    public string? Tell(JobRecord record)
    {
        var answered = record.Of(JobEventKind.StorageBack) is [.., var newest] ? newest : null;
        if (record.Of(JobEventKind.StorageFailed) is not [.., var last] all)
        {
            return answered is null ? null : JobRecord.Plain($"The cluster's store had failed. At {JobRecord.Clock(answered)}: {answered.Message.TrimEnd('.')}.");
        }

        var cause = last.Message.TrimEnd('.');
        var since = JobRecord.Clock(last);
        if (record.IsOpen && record.After(last, JobEventKind.StorageBack) is null)
        {
            return JobRecord.Plain(
                $"The cluster's store has failed since {since}, step {last.Step}: {cause}. Steps go on while no silo is lost; what is new is stored when the store answers. Look at that server, its space and the way to it.");
        }

        var until = record.After(last, JobEventKind.StorageBack) is { } end ? $" until {JobRecord.Clock(end)}" : "";
        var later = answered is null ? "the job stored its state later" : answered.Message.TrimEnd('.');
        return JobRecord.Plain(
            $"The cluster's store failed {record.Times(all.Length)}, the last time from {since}{until}, at step {last.Step}: {cause}; {later}. Look at the store's server, its space and the way to it.");
    }
}
