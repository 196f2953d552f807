using System.Globalization;
using Granary.Grains.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Granary.Silo.Telemetry;

/// <summary>A table of the metrics at the silo's end: a line for each instrument and job.</summary>
/// <param name="write">Takes a line.</param>
internal sealed class MetricSummary(Action<string> write) : BaseExporter<Metric>
{
    // A silo may have run hundreds of jobs.
    private const int Most = 40;

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        List<(string Name, string Tags, string Value)> rows = [];
        foreach (var metric in batch)
        {
            if (metric.MeterName != Metrics.Name)
            {
                continue; // what another exporter wants
            }

            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                rows.Add((metric.Name, Tags(point), Value(metric, point)));
            }
        }

        write(rows.Count == 0 ? "no metric was taken" : "metrics:");
        var shown = rows.OrderBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.Tags, StringComparer.Ordinal).Take(Most).ToArray();
        foreach (var (name, tags, value) in shown)
        {
            write($"  {name.PadRight(shown.Max(r => r.Name.Length))}  {tags.PadRight(shown.Max(r => r.Tags.Length))}  {value}");
        }

        if (rows.Count > Most)
        {
            write(string.Create(CultureInfo.InvariantCulture, $"  and {rows.Count - Most} lines more, of other jobs"));
        }

        return ExportResult.Success;
    }

    private static string Tags(in MetricPoint point)
    {
        List<string> tags = [];
        foreach (var (key, value) in point.Tags)
        {
            tags.Add(key == "job" ? $"{value}" : $"{key}={value}");
        }

        return string.Join(' ', tags);
    }

    private static string Value(Metric metric, in MetricPoint point) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => Plain($"{point.GetSumLong():#,0} {Unit(metric)}"),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => Plain($"{point.GetSumDouble():G6} {Unit(metric)}"),
        MetricType.LongGauge => Plain($"{point.GetGaugeLastValueLong():#,0} {Unit(metric)}"),
        MetricType.DoubleGauge => Plain($"{point.GetGaugeLastValueDouble():G6} {Unit(metric)}"),
        _ => Histogram(metric, point),
    };

    private static string Histogram(Metric metric, in MetricPoint point)
    {
        var (count, sum) = (point.GetHistogramCount(), point.GetHistogramSum());
        var (factor, unit) = metric.Unit == "s" ? (1e3, "ms") : (1, Unit(metric));
        var range = point.TryGetHistogramMinMaxValues(out var min, out var max) ? Plain($", {min * factor:G4} to {max * factor:G4}") : "";
        return Plain($"{count:#,0} x {(count == 0 ? 0 : sum / count * factor):G4} {unit}{range}");
    }

    private static string Unit(Metric metric) => metric.Unit.Trim('{', '}');

    private static string Plain(FormattableString text) => text.ToString(CultureInfo.InvariantCulture).TrimEnd();
}
