using System.Diagnostics;
using Granary.Contracts;

namespace Granary.Grains.Telemetry;

/// <summary>The coordinator's part in the traces of one generation's steps: of each the root, which begins as the step is granted and ends
/// when every rank has ended it, and the span of the grant. Without listeners it does nothing.</summary>
/// <param name="generation">Job and generation.</param>
/// <param name="ranks">How many ranks take each step.</param>
internal sealed class StepRoots(GenerationId generation, int ranks) : IDisposable
{
    private readonly Dictionary<long, Open> _open = [];

    /// <summary>Told of each trace that has begun.</summary>
    public Action<ActivityContext>? Begun { get; init; }

    /// <summary>Begins the traces of steps that are about to be granted.</summary>
    /// <param name="from">First step.</param>
    /// <param name="until">First step after them.</param>
    /// <returns>What ranks must know of them; null: none is traced.</returns>
    public IReadOnlyList<TracedStep>? Begin(long from, long until)
    {
        if (!Spans.Source.HasListeners())
        {
            return null;
        }

        List<TracedStep>? traced = null;
        for (var step = (from + StepTrace.Every - 1) / StepTrace.Every * StepTrace.Every; step < until; step += StepTrace.Every)
        {
            if (RootSpan.Begin(Spans.Step, TraceIds.OfStep(generation, step)) is { } root)
            {
                root.SetTag("job", generation.JobId).SetTag("step", step).SetTag("generation", generation.Number);
                _open[step] = new Open(root, ranks + 1); // and the grant
                (traced ??= []).Add(new TracedStep(step, root.SpanId.ToHexString()));
                Begun?.Invoke(root.Context);
            }
        }

        return traced;
    }

    /// <summary>Every rank has been told of a grant.</summary>
    public void Granted(StepGrant grant, DateTimeOffset began)
    {
        var now = DateTimeOffset.UtcNow;
        foreach (var (step, _) in grant.Traced ?? [])
        {
            if (_open.TryGetValue(step, out var open))
            {
                var around = Activity.Current;
                using (var span = Spans.Source.StartActivity(Spans.Grant, ActivityKind.Internal, open.Root.Context, startTime: began))
                {
                    span?.SetTag("from", grant.From).SetTag("until", grant.Until).SetEndTime(now.UtcDateTime);
                }

                Activity.Current = around;
                Ended(new TracedEnd(step, now));
            }
        }
    }

    /// <summary>A rank has ended a step.</summary>
    public void Ended(TracedEnd end)
    {
        if (!_open.TryGetValue(end.Step, out var open))
        {
            return;
        }

        open.Until = end.Ended > open.Until ? end.Ended : open.Until;
        if (--open.Missing == 0)
        {
            _open.Remove(end.Step);
            Spans.End(open.Root, open.Until);
        }
    }

    /// <inheritdoc/>
    /// <remarks>The generation is over: what is still open does not end any more.</remarks>
    public void Dispose()
    {
        foreach (var open in _open.Values)
        {
            Spans.End(open.Root, DateTimeOffset.UtcNow, "the generation ended before every rank had ended this step");
        }

        _open.Clear();
    }

    private sealed class Open(Activity root, int missing)
    {
        public Activity Root { get; } = root;

        public int Missing { get; set; } = missing;

        public DateTimeOffset Until { get; set; } = root.StartTimeUtc;
    }
}
