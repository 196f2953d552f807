using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>Silos whose results might differ in the last bit, so that they take no part.</summary>
internal sealed class SilosThatStandBy : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.StandsBy];

    /// <inheritdoc/>
    public bool IsFault => true;

    /// <inheritdoc/>
    public string? Tell(JobRecord record)
    {
        var silos = record.Of(JobEventKind.StandsBy).Select(e => e.Message).Distinct().ToArray();
        return silos.Length == 0
            ? null
            : $"Without a part in the job: {string.Join("; ", silos)}. Stop such a silo, or replace it by one with the same build of Granary on the same kind of processor.";
    }
}
