using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>When the job was paused, and how it goes on.</summary>
internal sealed class Pauses : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.Paused];

    /// <inheritdoc/>
    public bool IsFault => false;

    /// <inheritdoc/>
    public string? Tell(JobRecord record) => record.Of(JobEventKind.Paused) is [.., var last] all
        ? $"It was paused {record.Times(all.Length)}: {last.Message}, at {JobRecord.Clock(last)}."
            + (record.Status.State == JobState.Paused ? $" To go on: granary resume {record.Status.JobId}" : "")
        : null;
}
