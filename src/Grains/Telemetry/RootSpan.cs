using System.Diagnostics;

namespace Granary.Grains.Telemetry;

/// <summary>Root spans, if wanted of a trace id that is chosen: .NET gives a chosen one only to children of a span that must then exist.</summary>
internal static class RootSpan
{
    [ThreadStatic]
    private static ActivityTraceId? _next;

    static RootSpan()
    {
        var before = Activity.TraceIdGenerator;
        Activity.TraceIdGenerator = () => _next ?? before?.Invoke() ?? ActivityTraceId.CreateRandom();
    }

    /// <summary>Begins one, which does not become the current one; null: nobody listens, or the sampler leaves it out.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="trace">The trace's id; null: any.</param>
    /// <param name="began">When it began; default: now.</param>
    /// <param name="links">Spans of other traces that belong to it.</param>
    public static Activity? Begin(string name, ActivityTraceId? trace = null, DateTimeOffset began = default, IEnumerable<ActivityLink>? links = null)
    {
        if (!Spans.Source.HasListeners())
        {
            return null;
        }

        var around = Activity.Current;
        Activity.Current = null;
        _next = trace;
        try
        {
            return Spans.Wanted(Spans.Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), links: links, startTime: began));
        }
        finally
        {
            _next = null;
            Activity.Current = around;
        }
    }
}
