using System.Diagnostics;

namespace Granary.Grains.Telemetry;

/// <summary>Root spans of a trace id that is chosen: .NET gives a chosen one only to children of a span that must then exist.</summary>
internal static class RootSpan
{
    [ThreadStatic]
    private static ActivityTraceId? _next;

    static RootSpan()
    {
        var before = Activity.TraceIdGenerator;
        Activity.TraceIdGenerator = () => _next ?? before?.Invoke() ?? ActivityTraceId.CreateRandom();
    }

    /// <summary>Starts one, as the current activity; null where nobody listens.</summary>
    public static Activity? Start(ActivitySource source, string name, ActivityTraceId trace)
    {
        Activity.Current = null;
        _next = trace;
        try
        {
            return source.StartActivity(name);
        }
        finally
        {
            _next = null;
        }
    }
}
