using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>What was lost: committed steps that had to be taken again.</summary>
internal sealed class StepsTakenAgain : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.Rewound];

    /// <inheritdoc/>
    public bool IsFault => true;

    /// <inheritdoc/>
    public string? Tell(JobRecord record)
    {
        var back = record.Of(JobEventKind.Rewound);
        if (back.Length == 0)
        {
            return record.Of(JobEventKind.SiloLost, JobEventKind.Stalled, JobEventKind.Trouble).Length > 0 && record.Events.Count < JobEvent.Kept
                ? "No step was lost."
                : null;
        }

        var steps = back.Sum(Steps);
        var furthest = back.MaxBy(Steps)!;
        return back.Length == 1
            ? JobRecord.Plain($"Lost: the work of {Count(steps)}, which the silos took again: {furthest.Message}. {Same}{Advice(back)}")
            : JobRecord.Plain($"Lost: the work of {Count(steps)}, which the silos took again; training went back {record.Times(back.Length)}, the furthest {furthest.Message}. {Same}{Advice(back)}");
    }

    private const string Same = "The weights are the same as without.";

    private static long Steps(JobEvent e) => e.Rewind is { } r ? r.From - r.To : 0;

    private static string Count(long steps) => steps == 1 ? "1 step" : JobRecord.Plain($"{steps} steps");

    private static string Advice(JobEvent[] back) => back.Any(e => e.Rewind is { Checkpoint: true })
        ? " No silo held all of the newest version any more; more frequent checkpoints (training.checkpoint.seconds) lose less."
        : "";
}
