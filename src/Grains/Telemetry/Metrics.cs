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

    internal static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("granary.steps", "{step}", "Steps committed by this silo.");
    private static readonly Counter<long> Examples =
        Meter.CreateCounter<long>("granary.examples", "{example}", "Examples this silo has put into committed steps.");
    private static readonly Gauge<double> Loss =
        Meter.CreateGauge<double>("granary.loss", null, "Mean loss over this silo's examples of the last step.");
    private static readonly Histogram<double> StepTime = Meter.CreateHistogram<double>("granary.step.duration", "s", "A step, whole.");
    private static readonly Histogram<double> ComputeTime =
        Meter.CreateHistogram<double>("granary.step.compute.duration", "s", "The gradients of a step.");
    private static readonly Histogram<double> ExchangeTime =
        Meter.CreateHistogram<double>("granary.step.exchange.duration", "s", "Exchange and update of a step after its gradients, waiting included.");
    private static readonly Histogram<double> UpdateTime =
        Meter.CreateHistogram<double>("granary.step.update.duration", "s", "The averaging and updating of own blocks.");
    private static readonly Histogram<long> Allocated =
        Meter.CreateHistogram<long>("granary.step.allocated", "By", "Managed bytes that the thread of the steps has allocated in one.");
    private static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("granary.exchange.bytes", "By", "Payload bytes this silo has sent to the others.");

    private static readonly Gauge<double> OverlapGain = Meter.CreateGauge<double>(
        "granary.step.overlap.gain", null, "How many times faster a step is that exchanges beside the backward pass, by the last trial.");

    internal static void Step(TrainingTask task, ShardRecord[] records, StepCosts costs)
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
        StepTime.Record(Seconds(costs.Compute + costs.Exchange), job);
        ComputeTime.Record(Seconds(costs.Compute), job);
        ExchangeTime.Record(Seconds(costs.Exchange), job);
        UpdateTime.Record(Seconds(costs.Update), job);
        Allocated.Record(costs.Allocated, job);
        Bytes.Add(costs.Bytes, job);
        if (weight > 0)
        {
            Loss.Record(loss / weight, job);
        }
    }

    internal static void Tried(TrainingTask task, OverlapTrial trial) =>
        OverlapGain.Record(trial.Gain, new KeyValuePair<string, object?>("job", task.JobId));

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}

/// <summary>What one member's step took.</summary>
/// <param name="Compute">Ticks of the gradients.</param>
/// <param name="Exchange">Ticks of exchange and update after the gradients, waiting included.</param>
/// <param name="Update">Ticks of averaging and updating.</param>
/// <param name="Bytes">Payload sent.</param>
/// <param name="Allocated">Managed bytes that the thread of the steps has allocated.</param>
internal readonly record struct StepCosts(long Compute, long Exchange, long Update, long Bytes, long Allocated);
