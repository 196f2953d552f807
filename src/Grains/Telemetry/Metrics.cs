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

    /// <summary>How the names of those instruments begin that are of a whole job, not of a silo's part in it.</summary>
    public const string OfJobs = "granary.job.";

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

    /// <summary>Whether anybody takes what is measured of steps.</summary>
    internal static bool StepsAreTaken => Steps.Enabled || Examples.Enabled || Loss.Enabled || StepTime.Enabled || ComputeTime.Enabled || ExchangeTime.Enabled || UpdateTime.Enabled
        || Allocated.Enabled || Bytes.Enabled;

    /// <summary>Steps of one job, one after the other.</summary>
    internal static void Add(string jobId, ReadOnlySpan<MeasuredStep> steps)
    {
        var job = new KeyValuePair<string, object?>("job", jobId);
        long examples = 0, bytes = 0;
        double? loss = null;
        foreach (ref readonly var step in steps)
        {
            var costs = step.Costs;
            (examples, bytes, loss) = (examples + step.Examples, bytes + costs.Bytes, step.Loss ?? loss);
            StepTime.Record(Seconds(costs.Compute + costs.Exchange), job);
            ComputeTime.Record(Seconds(costs.Compute), job);
            ExchangeTime.Record(Seconds(costs.Exchange), job);
            UpdateTime.Record(Seconds(costs.Update), job);
            Allocated.Record(costs.Allocated, job);
        }

        Steps.Add(steps.Length, job);
        Examples.Add(examples, job);
        Bytes.Add(bytes, job);
        if (loss is { } last)
        {
            Loss.Record(last, job);
        }
    }

    internal static void Tried(TrainingTask task, OverlapTrial trial) => OverlapGain.Record(trial.Gain, new KeyValuePair<string, object?>("job", task.JobId));

    private static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}

/// <summary>One member's step.</summary>
/// <param name="Examples">Examples of its own shards.</param>
/// <param name="Loss">Their mean loss; null: they weigh nothing.</param>
/// <param name="Costs">What it took.</param>
internal readonly record struct MeasuredStep(long Examples, double? Loss, StepCosts Costs)
{
    /// <summary>From what each of the member's shards put in.</summary>
    public static MeasuredStep Of(ReadOnlySpan<ShardRecord> own, in StepCosts costs)
    {
        double loss = 0, weight = 0;
        long examples = 0;
        foreach (var record in own)
        {
            (loss, weight, examples) = (loss + record.LossSum, weight + record.Weight, examples + record.Examples);
        }

        return new MeasuredStep(examples, weight > 0 ? loss / weight : null, costs);
    }
}

/// <summary>What one member's step took.</summary>
/// <param name="Compute">Ticks of the gradients.</param>
/// <param name="Exchange">Ticks of exchange and update after the gradients, waiting included.</param>
/// <param name="Update">Ticks of averaging and updating.</param>
/// <param name="Bytes">Payload sent.</param>
/// <param name="Allocated">Managed bytes that the thread of the steps has allocated.</param>
internal readonly record struct StepCosts(long Compute, long Exchange, long Update, long Bytes, long Allocated);
