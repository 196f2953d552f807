using System.Diagnostics;
using System.Diagnostics.Metrics;
using Granary.Contracts;
using Granary.Grains.Workers;

namespace Granary.Grains.Telemetry;

/// <summary>The meter "Granary" and what it measures.</summary>
public static class Metrics
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Granary";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("granary.steps", "{step}", "Steps committed by this silo.");
    private static readonly Counter<long> Examples =
        Meter.CreateCounter<long>("granary.examples", "{example}", "Examples this silo has put into committed steps.");
    private static readonly Gauge<double> Loss =
        Meter.CreateGauge<double>("granary.loss", null, "Mean loss over this silo's examples of the last step.");
    private static readonly Histogram<double> StepTime = Meter.CreateHistogram<double>("granary.step.duration", "s", "A step, whole.");
    private static readonly Histogram<double> ComputeTime =
        Meter.CreateHistogram<double>("granary.step.compute.duration", "s", "The gradients of a step.");
    private static readonly Histogram<double> ExchangeTime =
        Meter.CreateHistogram<double>("granary.step.exchange.duration", "s", "Exchange and update of a step, waiting included.");
    private static readonly Gauge<long> Bytes =
        Meter.CreateGauge<long>("granary.exchange.bytes", "By", "Payload bytes this silo has sent in this generation.");

    internal static void Step(TrainingTask task, ShardRecord[] records, long computeTicks, long exchangeTicks, long bytesSent)
    {
        var job = new KeyValuePair<string, object?>("job", task.JobId);
        double loss = 0, weight = 0;
        long examples = 0;
        foreach (var record in records)
        {
            loss += record.LossSum;
            weight += record.Weight;
            examples += record.Examples;
        }

        Steps.Add(1, job);
        Examples.Add(examples, job);
        StepTime.Record((double)(computeTicks + exchangeTicks) / Stopwatch.Frequency, job);
        ComputeTime.Record((double)computeTicks / Stopwatch.Frequency, job);
        ExchangeTime.Record((double)exchangeTicks / Stopwatch.Frequency, job);
        Bytes.Record(bytesSent, job);
        if (weight > 0)
        {
            Loss.Record(loss / weight, job);
        }
    }
}
