using System.Diagnostics;
using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.Workers;

namespace Granary.Grains.Telemetry;

/// <summary>
/// One rank's part in the trace of a step, the span "rank". Below it lie "backward" with a "shard" for each gradient, which gathers its
/// examples first, "reduce-scatter", "update" and "all-gather"; a checkpoint that is begun before the step and an evaluation after it are part of it. The trace's
/// id is made from job, generation and step; the root's id, which .NET does not let anybody choose, comes with the grant. One step in
/// <see cref="Every"/> is traced, where somebody listens in the coordinator's silo and its sampler takes it. The others cost a division.
/// </summary>
internal sealed class StepTrace : IDisposable
{
    /// <summary>One step in so many is traced.</summary>
    public const int Every = 50;

    private readonly long _step;
    private readonly Activity? _rank;
    private readonly Activity? _around;

    private StepTrace(TrainingTask task, TracedStep traced)
    {
        (_step, _around) = (traced.Step, Activity.Current);
        var assignment = task.Assignment;
        Activity.Current = null; // the call that began the generation has long ended
        _rank = Spans.Begin(Spans.Rank, new ActivityContext(
            TraceIds.OfStep(assignment.Generation, traced.Step), ActivitySpanId.CreateFromString(traced.Root), ActivityTraceFlags.Recorded, isRemote: true));
        _rank?.SetTag("job", task.JobId).SetTag("step", traced.Step).SetTag("generation", assignment.Generation.Number)
            .SetTag("rank", assignment.Rank).SetTag("silo", assignment.Members[assignment.Rank].Name);
    }

    /// <summary>Null unless the step is traced.</summary>
    public static StepTrace? Begin(TrainingTask task, long step, Grants grants) =>
        step % Every == 0 && grants.Traced(step) is { } traced ? new StepTrace(task, traced) : null;

    /// <summary>When it ended, for the coordinator, once it has.</summary>
    public TracedEnd? End { get; private set; }

    /// <summary>Begins a part, on whichever thread; null where nobody listens in this silo.</summary>
    public Activity? Part(string name) => _rank is null ? null : Spans.Begin(name, _rank.Context);

    /// <summary>The span of one shard's gradient. Null unless the step is traced.</summary>
    public static Activity? Shard(ActivityContext? backward, int shard) =>
        backward is { } parent ? Spans.Begin(Spans.Shard, parent)?.SetTag("shard", shard) : null;

    /// <summary>Whether the exchange ran beside the backward pass.</summary>
    public void Overlaps(bool overlaps) => _rank?.SetTag("overlap", overlaps);

    /// <summary>The blocks owned here have been updated, one by one as their sums were complete.</summary>
    public void Updated(TimeSpent timeSpent)
    {
        if (timeSpent.Times > 0 && _rank is not null)
        {
            using var update = Spans.Source.StartActivity(Spans.Update, ActivityKind.Internal, _rank.Context, startTime: At(timeSpent.Began));
            update?.SetTag("blocks", timeSpent.Times).SetTag("busy", Stopwatch.GetElapsedTime(0, timeSpent.Busy).TotalSeconds).SetEndTime(At(timeSpent.Ended).UtcDateTime);
        }
    }

    private static DateTimeOffset At(long timestamp) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(timestamp);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (End is null)
        {
            _rank?.Dispose();
            End = new TracedEnd(_step, _rank is null ? DateTimeOffset.UtcNow : _rank.StartTimeUtc + _rank.Duration);
            Activity.Current = _around;
        }
    }
}
