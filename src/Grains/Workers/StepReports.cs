using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Workers;

/// <summary>Reports the steps taken, a few times a second: as metrics, and to the coordinator.</summary>
/// <param name="task">This worker's part.</param>
/// <param name="exchange">Counts bytes and the time of updates.</param>
/// <param name="reports">Reports to the coordinator.</param>
/// <param name="first">First step of the generation.</param>
internal sealed class StepReports<T>(TrainingTask task, StepExchange<T> exchange, SessionReports reports, long first)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(200);

    private readonly LastLoss _lastLoss = new();
    private long _bytes;
    private long _allocated;
    private long _reported;

    /// <summary>The last finite loss, for a message. Reports of the last steps may arrive after it.</summary>
    public string LastLoss => _lastLoss.Text;

    /// <summary>Takes a committed step. Called on the thread that takes the steps.</summary>
    public void Measure(in StepOutcome step)
    {
        reports.Times.AddStep(step.ComputeTicks, step.ExchangeTicks, step.WaitedTicks, step.UpdateTicks);
        var (bytes, allocated) = (exchange.BytesSent, GC.GetAllocatedBytesForCurrentThread());
        var measured = MeasuredStep.Of(step.Own, new StepCosts(step.ComputeTicks, step.ExchangeTicks, exchange.Updates.Busy, bytes - _bytes, allocated - _allocated));
        _lastLoss.Take(measured.Loss);
        reports.Metrics.Take(measured);
        (_bytes, _allocated) = (bytes, allocated);
        if (step.Trial is { } trial)
        {
            Telemetry.Metrics.Tried(task, trial);
            if (trial.IsNews)
            {
                reports.Tried(trial);
            }
        }
    }

    /// <summary>No step follows: what has been measured goes into the metrics.</summary>
    public void End() => reports.Metrics.AddToMetrics();

    /// <summary>Reports to the coordinator, unless that was done just now and more steps follow.</summary>
    /// <param name="committed">Committed steps.</param>
    /// <param name="granted">First step that may not be taken yet.</param>
    /// <param name="traced">The end of a step that is traced; null: this one is not.</param>
    public void Report(long committed, long granted, TracedEnd? traced)
    {
        if (traced is { } end)
        {
            reports.Times.Add(end);
        }

        if (committed == granted || committed == first + 1 || Stopwatch.GetElapsedTime(_reported) > ReportEvery)
        {
            _reported = Stopwatch.GetTimestamp();
            reports.Progressed();
        }
    }
}
