using System.Diagnostics;
using System.Globalization;
using Granary.Grains.Telemetry;
using OpenTelemetry;

namespace Granary.Silo.Telemetry;

/// <summary>Of the traced steps the first and the last, as trees, at the silo's end. It holds no more than those and the one under way.</summary>
/// <param name="write">Takes a line.</param>
internal sealed class StepSummary(Action<string> write) : BaseExporter<Activity>
{
    // Steps under way at once: one for each job of the silo. More are parts of steps that never ended.
    private const int Open = 64;

    private readonly Lock _one = new();
    private readonly Dictionary<ActivityTraceId, List<Activity>> _open = [];
    private IReadOnlyList<Activity>? _first;
    private IReadOnlyList<Activity>? _last;
    private long _count;

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> batch)
    {
        lock (_one)
        {
            foreach (var span in batch)
            {
                if (span.Source.Name == Metrics.Name && Spans.OfRanks.Contains(span.OperationName)) // what this silo did in a step
                {
                    Take(span);
                }
            }
        }

        return ExportResult.Success;
    }

    private void Take(Activity span)
    {
        if (!_open.TryGetValue(span.TraceId, out var spans))
        {
            if (_open.Count == Open)
            {
                _open.Clear();
            }

            _open.Add(span.TraceId, spans = []);
        }

        spans.Add(span);
        if (span.OperationName == Spans.Rank)
        {
            _ = _open.Remove(span.TraceId); // it ends after all that is below it
            _first ??= spans;
            (_last, _count) = (spans, _count + 1);
        }
    }

    /// <inheritdoc/>
    protected override bool OnShutdown(int timeoutMilliseconds)
    {
        lock (_one)
        {
            if (_first is null || _last is null)
            {
                write("no step was traced");
                return true;
            }

            write(string.Create(CultureInfo.InvariantCulture, $"{_count} {(_count == 1 ? "step was" : "steps were")} traced here{(_count > 2 ? ", of them the first and the last" : "")}:"));
            foreach (var spans in _count == 1 ? [_first] : new[] { _first, _last })
            {
                WriteTree([spans[^1]], spans, "  ");
            }
        }

        return true;
    }

    // Spans of one name below one parent are one line: a silo may have hundreds of shards.
    private void WriteTree(Activity[] alike, IReadOnlyList<Activity> all, string indent)
    {
        var name = alike[0].OperationName;
        var what = name == Spans.Rank
            ? $"step {alike[0].GetTagItem("step")} of {alike[0].GetTagItem("job")}, generation {alike[0].GetTagItem("generation")}"
            : alike.Length == 1 ? name : string.Create(CultureInfo.InvariantCulture, $"{name} x {alike.Length}");
        write($"{indent}{what}  {Times(alike)}");
        var ids = alike.Select(a => a.SpanId).ToHashSet();
        foreach (var children in all.Where(a => ids.Contains(a.ParentSpanId)).OrderBy(a => a.StartTimeUtc).GroupBy(a => a.OperationName))
        {
            WriteTree([.. children], all, indent + "  ");
        }
    }

    private static string Times(Activity[] alike)
    {
        double[] times = [.. alike.Select(a => a.Duration.TotalMilliseconds).Order()];
        return times.Length == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{times[0]:0.00} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{times[0]:0.00} to {times[^1]:0.00} ms");
    }
}
