using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>What ended generations before their time: the first cause, and what the cluster did.</summary>
internal sealed class Interruptions : IFinding
{
    private static readonly JobEventKind[] Causes = [JobEventKind.SiloLost, JobEventKind.Stalled, JobEventKind.Trouble];

    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [.. Causes, JobEventKind.Formed, JobEventKind.Resumed];

    /// <inheritdoc/>
    public bool IsFault => true;

    /// <inheritdoc/>
    public string? Tell(JobRecord record)
    {
        // Of a generation the first event is the cause; others follow from it.
        JobEvent[][] ends = [.. record.Of(Causes).GroupBy(e => e.Generation).Select(g => g.ToArray())];
        if (ends.Length == 0)
        {
            return null;
        }

        var (first, last) = (ends[0], ends[^1]);
        List<string> parts = [JobRecord.Plain($"First cause: {Describe(first)}, at step {first[0].Step} ({JobRecord.Clock(first[0])}).")];
        if (ends.Length > 1)
        {
            parts.Add($"Training was interrupted {record.Times(ends.Length)}, the last time because: {Describe(last)}.");
        }

        if (Done(record, last[^1]) is { } done)
        {
            parts.Add(done);
        }

        parts.Add(Advice(record, ends.SelectMany(e => e)));
        return string.Join(' ', parts);
    }

    private static string Describe(JobEvent[] end) => string.Join("; then ", end.Select(e => e.Message).Distinct());

    private static string? Done(JobRecord record, JobEvent last)
    {
        if (record.After(last, JobEventKind.Formed) is not { } formed)
        {
            return record.IsOpen ? "The cluster has not formed a new set of silos yet." : null;
        }

        var resumed = record.After(formed, JobEventKind.Resumed) is { } e && e.Generation == formed.Generation
            ? JobRecord.Plain($", and made new steps after {Seconds(last, e):0.0} s ({e.Message})")
            : "";
        return JobRecord.Plain($"The cluster went on with {formed.Message} after {Seconds(last, formed):0.0} s{resumed}.");
    }

    private static double Seconds(JobEvent from, JobEvent to) => (to.At - from.At).TotalSeconds;

    private static string Advice(JobRecord record, IEnumerable<JobEvent> ends)
    {
        var kinds = ends.Select(e => e.Kind).ToHashSet();
        return (kinds.Contains(JobEventKind.Stalled) ? "Look at the network between the silos. " : "")
            + (kinds.Contains(JobEventKind.Trouble) || record.Status.State == JobState.Failed
                ? "For more, see: granary logs."
                : "If you did not stop the silo yourself, see: granary logs.");
    }
}
