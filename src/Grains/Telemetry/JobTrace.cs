using System.Diagnostics;

namespace Granary.Grains.Telemetry;

/// <summary>The trace of a whole job, written when the job has ended: a root "job" with a span for each phase, which has links to the
/// traces that began in it, of steps, of recoveries, of the publishing.</summary>
internal sealed class JobTrace
{
    // OpenTelemetry keeps 128 links of a span.
    private const int Most = 120;

    private readonly List<(DateTimeOffset At, ActivityContext Context)> _begun = [];

    /// <summary>Another trace of the job has begun. The first ones and the newest ones are linked.</summary>
    public void Add(ActivityContext context)
    {
        _begun.Add((DateTimeOffset.UtcNow, context));
        if (_begun.Count > Most)
        {
            _begun.RemoveAt(Most / 3);
        }
    }

    /// <summary>Writes it.</summary>
    public void Write(string job, string state, JobPhases phases, DateTimeOffset end)
    {
        var all = phases.Until(end).ToArray();
        if (all.Length == 0 || RootSpan.Begin("job", TraceIds.OfJob(job), all[0].Began) is not { } root)
        {
            return;
        }

        root.SetTag("job", job).SetTag("state", state);
        for (var i = 0; i < all.Length; i++)
        {
            var (name, began, ended) = all[i];
            var last = i == all.Length - 1;
            Spans.Past(name, root.Context, began, ended, _begun.Where(b => b.At >= began && (last || b.At < ended)).Select(b => new ActivityLink(b.Context)));
        }

        Spans.End(root, all[^1].Ended);
    }
}
