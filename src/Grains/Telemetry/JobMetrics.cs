using System.Diagnostics.Metrics;
using Granary.Contracts;

namespace Granary.Grains.Telemetry;

/// <summary>What the coordinator measures of its job, in whichever silo it is: each of these has the tag job. A job that has ended or moved keeps
/// its last figures there, with <c>granary.job.running</c> at 0.</summary>
internal static class JobMetrics
{
    private static readonly Gauge<long> Running =
        Metrics.Meter.CreateGauge<long>("granary.job.running", null, "1 while the job runs and its coordinator is here, else 0.");
    private static readonly Gauge<long> Step = Metrics.Meter.CreateGauge<long>("granary.job.step", "{step}", "Committed steps.");
    private static readonly Gauge<long> Generation =
        Metrics.Meter.CreateGauge<long>("granary.job.generation", null, "Raised each time the worker group changes.");
    private static readonly Gauge<double> Loss = Metrics.Meter.CreateGauge<double>("granary.job.loss", null, "Mean loss over the batch of the last step.");
    private static readonly Gauge<double> GradientNorm =
        Metrics.Meter.CreateGauge<double>("granary.job.gradient.norm", null, "Norm of the last point's averaged gradient before it was clipped.");
    private static readonly Gauge<double> CheckpointAge = Metrics.Meter.CreateGauge<double>(
        "granary.job.checkpoint.age", "s", "Time since the last checkpoint was complete, or since the coordinator has been in this silo.");
    private static readonly Gauge<double> Time =
        Metrics.Meter.CreateGauge<double>("granary.job.time", "s", "The job's time since its submission, by the parts of granary goodput.");
    private static readonly Gauge<long> Recoveries =
        Metrics.Meter.CreateGauge<long>("granary.job.recoveries", "{recovery}", "New generations after a failure, by cause.");

    /// <summary>Whether anybody takes them.</summary>
    public static bool AreTaken => Running.Enabled;

    /// <summary>Takes a job's figures.</summary>
    public static void Record(in JobFigures figures, GoodputReport goodput)
    {
        var job = new KeyValuePair<string, object?>("job", goodput.JobId);
        Running.Record(figures.IsRunning ? 1 : 0, job);
        Step.Record(figures.Step, job);
        Generation.Record(figures.Generation, job);
        CheckpointAge.Record(figures.CheckpointAge.TotalSeconds, job);
        if (figures.Loss is { } loss)
        {
            Loss.Record(loss, job);
        }

        if (figures.GradientNorm is { } norm)
        {
            GradientNorm.Record(norm, job);
        }

        foreach (var (part, seconds) in goodput.Parts)
        {
            Time.Record(seconds, job, new("part", GoodputReport.Name(part)));
        }

        foreach (var (cause, count) in goodput.Recoveries)
        {
            Recoveries.Record(count, job, new("cause", cause));
        }
    }
}

/// <summary>How a job stands.</summary>
/// <param name="IsRunning">Whether it runs, and its coordinator is here.</param>
/// <param name="Step">Committed steps.</param>
/// <param name="Generation">The generation.</param>
/// <param name="Loss">Of the last step; null: there was none.</param>
/// <param name="GradientNorm">Of the last point; null: there is none.</param>
/// <param name="CheckpointAge">Since the last checkpoint was complete.</param>
internal readonly record struct JobFigures(bool IsRunning, long Step, long Generation, double? Loss, double? GradientNorm, TimeSpan CheckpointAge);
