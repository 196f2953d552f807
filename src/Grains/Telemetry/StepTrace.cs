using System.Diagnostics;
using System.IO.Hashing;
using System.Text;
using Granary.Grains.Exchange;
using Granary.Grains.Workers;

namespace Granary.Grains.Telemetry;

/// <summary>
/// The trace of one step: below the member's span "step" lie "compute" with a "shard" for each gradient, "exchange" and
/// "update". Every member's "step" is a root, and every member derives the same trace id from (job, step), so that the spans of all
/// silos meet in one trace without a message being sent for it. One step in <see cref="Every"/> is traced, unless the sampler
/// leaves its trace out.
/// </summary>
internal sealed class StepTrace : IDisposable
{
    /// <summary>One step in so many is traced.</summary>
    public const int Every = 50;

    private static readonly ActivitySource Source = new(Metrics.Name);

    private readonly Activity _step;
    private readonly Activity? _around;
    private Activity? _part;

    private StepTrace(Activity step, Activity? around)
    {
        (_step, _around) = (step, around);
        _part = Source.StartActivity("compute");
    }

    /// <summary>Null unless the step is to be traced and somebody listens.</summary>
    public static StepTrace? Begin(TrainingTask task, long step)
    {
        if (step % Every != 0 || !Source.HasListeners())
        {
            return null;
        }

        var id = XxHash128.Hash(Encoding.UTF8.GetBytes($"{task.JobId}/{step}"));
        var around = Activity.Current; // the call that began the generation has long ended
        if (RootSpan.Start(Source, "step", ActivityTraceId.CreateFromBytes(id)) is { IsAllDataRequested: true } activity)
        {
            return new StepTrace(
                activity.SetTag("job", task.JobId).SetTag("step", step).SetTag("member", task.Assignment.Rank)
                    .SetTag("generation", task.Assignment.Generation.Number),
                around);
        }

        Activity.Current = around;
        return null;
    }

    /// <summary>Where the shards' spans belong.</summary>
    public ActivityContext? Compute => _part?.Context;

    /// <summary>The span of one shard's gradient, under the step's compute span. Null unless the step is traced.</summary>
    public static Activity? Shard(ActivityContext? compute, int shard) => compute is { } context
        ? Source.StartActivity("shard", ActivityKind.Internal, context)?.SetTag("shard", shard)
        : null;

    /// <summary>Gradients are done; the exchange begins, or has begun beside them.</summary>
    public void Computed(bool overlaps)
    {
        _step.SetTag("overlap", overlaps);
        _part?.Dispose();
        _part = Source.StartActivity("exchange");
    }

    /// <summary>The blocks owned here have been updated, one by one as their sums were complete.</summary>
    public void Updated(TimeSpent timeSpent)
    {
        if (timeSpent.Times > 0)
        {
            using var update = Source.StartActivity("update", ActivityKind.Internal, _step.Context, startTime: At(timeSpent.Began));
            update?.SetTag("blocks", timeSpent.Times).SetTag("busy", Stopwatch.GetElapsedTime(0, timeSpent.Busy).TotalSeconds).SetEndTime(At(timeSpent.Ended).UtcDateTime);
        }
    }

    private static DateTimeOffset At(long timestamp) => DateTimeOffset.UtcNow - Stopwatch.GetElapsedTime(timestamp);

    /// <inheritdoc/>
    public void Dispose()
    {
        _part?.Dispose();
        _step.Dispose();
        Activity.Current = _around;
    }
}
