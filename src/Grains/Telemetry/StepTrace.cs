using System.Diagnostics;
using System.IO.Hashing;
using System.Text;
using Granary.Grains.Workers;

namespace Granary.Grains.Telemetry;

/// <summary>
/// The trace of one step. Every member derives the same trace id from (job, step), so that the spans of all silos meet in
/// one trace without a message being sent for it. One step in <see cref="Every"/> is traced.
/// </summary>
internal readonly struct StepTrace : IDisposable
{
    /// <summary>One step in so many is traced.</summary>
    public const int Every = 50;

    private static readonly ActivitySource Source = new(Metrics.Name);

    private readonly Activity? _step;
    private readonly Activity?[] _part;

    private StepTrace(Activity? step, Activity? part)
    {
        _step = step;
        _part = [part];
    }

    public static StepTrace Begin(TrainingTask task, long step)
    {
        if (step % Every != 0 || !Source.HasListeners())
        {
            return default;
        }

        var id = XxHash128.Hash(Encoding.UTF8.GetBytes($"{task.JobId}/{step}"));
        var parent = new ActivityContext(
            ActivityTraceId.CreateFromBytes(id), ActivitySpanId.CreateFromBytes(id.AsSpan(0, 8)), ActivityTraceFlags.Recorded, isRemote: true);
        var activity = Source.StartActivity("step", ActivityKind.Internal, parent);
        activity?.SetTag("job", task.JobId).SetTag("step", step).SetTag("member", task.Assignment.Index)
            .SetTag("generation", task.Assignment.Membership.Generation);
        return new StepTrace(activity, Source.StartActivity("compute"));
    }

    /// <summary>Where the shards' spans belong; null unless the step is traced.</summary>
    public ActivityContext? Compute => _part?[0]?.Context;

    /// <summary>The span of one shard's gradient, under the step's compute span. Null unless the step is traced.</summary>
    public static Activity? Shard(ActivityContext? compute, int shard) => compute is { } context
        ? Source.StartActivity("shard", ActivityKind.Internal, context)?.SetTag("shard", shard)
        : null;

    /// <summary>Gradients are done; the exchange begins.</summary>
    public void Computed()
    {
        if (_step is not null)
        {
            _part[0]?.Dispose();
            _part[0] = Source.StartActivity("exchange and update");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_step is not null)
        {
            _part[0]?.Dispose();
            _step.Dispose();
        }
    }
}
