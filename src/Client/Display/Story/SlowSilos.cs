using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>Silos that the others wait for.</summary>
internal sealed class SlowSilos : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.SlowSilo];

    /// <inheritdoc/>
    public bool IsFault => true;

    /// <inheritdoc/>
    public string? Tell(JobRecord record)
    {
        // Of each silo what was seen last.
        var slow = record.Of(JobEventKind.SlowSilo).GroupBy(e => e.Silo).Select(g => g.Last()).ToArray();
        return slow.Length == 0
            ? null
            : string.Join(' ', slow.Select(e => JobRecord.Plain($"At step {e.Step} {e.Message}.")))
                + " Give it a core of its own, or stop it: the job goes on with the others.";
    }
}
