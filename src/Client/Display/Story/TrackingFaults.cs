using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>A tracking server that did not take the job's figures.</summary>
internal sealed class TrackingFaults : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.TrackingFailed];

    /// <inheritdoc/>
    public bool IsFault => true;

    /// <inheritdoc/>
    public string? Tell(JobRecord record) => record.Of(JobEventKind.TrackingFailed) is [.., var last] ? JobRecord.Plain($"At step {last.Step}: {last.Message}.") : null;
}
