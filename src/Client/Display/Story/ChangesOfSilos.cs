using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>Silos that joined or left at a step boundary.</summary>
internal sealed class ChangesOfSilos : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.Resized, JobEventKind.Formed];

    /// <inheritdoc/>
    public bool IsFault => false;

    /// <inheritdoc/>
    public string? Tell(JobRecord record) => record.Of(JobEventKind.Resized) is [.., var last] all
        ? $"Silos joined or left between steps {record.Times(all.Length)}; the last time {last.Message}"
            + (record.After(last, JobEventKind.Formed) is { } formed ? $", and training went on with {formed.Message}." : ".")
        : null;
}
