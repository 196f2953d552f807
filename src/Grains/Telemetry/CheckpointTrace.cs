using System.Diagnostics;
using Granary.Grains.Workers;

namespace Granary.Grains.Telemetry;

/// <summary>The trace of one rank's part of a checkpoint while it is written beside the steps: a root of its own, for it outlasts the step before which
/// it was begun. It has a link to that step's span "checkpoint" where the step is traced.</summary>
internal static class CheckpointTrace
{
    /// <summary>What is begun on the thread of the steps: the span "checkpoint" of a traced step, or null.</summary>
    public static ActivityContext? Around => Activity.Current is { OperationName: Spans.Checkpoint } span ? span.Context : null;

    /// <summary>Begins it; null: nobody listens, or the sampler leaves it out.</summary>
    /// <param name="task">Job, generation and rank.</param>
    /// <param name="step">Committed steps of the version.</param>
    /// <param name="begun">See <see cref="Around"/>.</param>
    public static Activity? Begin(TrainingTask task, long step, ActivityContext? begun)
    {
        var assignment = task.Assignment;
        return RootSpan.Begin(Spans.CheckpointWrite, links: begun is { } around ? [new ActivityLink(around)] : null)
            ?.SetTag("job", task.JobId).SetTag("step", step).SetTag("generation", assignment.Generation.Number)
            .SetTag("rank", assignment.Rank).SetTag("silo", assignment.Members[assignment.Rank].Name);
    }

    /// <summary>Ends it.</summary>
    /// <param name="span">See <see cref="Begin"/>.</param>
    /// <param name="bytes">What was written; null: nothing.</param>
    /// <param name="failure">Why it was not written; null: it was.</param>
    public static void End(Activity? span, long? bytes, string? failure)
    {
        if (span is not null)
        {
            Spans.End(span.SetTag("bytes", bytes), DateTimeOffset.UtcNow, failure);
        }
    }
}
