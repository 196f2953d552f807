using System.Diagnostics;
using Granary.Contracts;
using Granary.Grains.Telemetry;

namespace Granary.Grains.Coordination;

/// <content>What the coordinator measures for telemetry.</content>
internal sealed partial class CoordinatorGrain
{
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _sinceDurable = Stopwatch.StartNew();
    private long _measured;

    private void MeasureNowAndThen()
    {
        if (Stopwatch.GetElapsedTime(_measured) > MeasureEvery)
        {
            Measure(State.State == JobState.Running && !_ended);
        }
    }

    private void Measure(bool isRunning)
    {
        if (!JobMetrics.AreTaken || State.Submission is null || State.Time.Until is null)
        {
            return;
        }

        _measured = Stopwatch.GetTimestamp();
        var live = _progress?.Live ?? State.Progress;
        JobMetrics.Record(
            new JobFigures(isRunning, live?.Committed ?? 0, State.Generation, live?.LastLoss, live?.Points.LastOrDefault()?.GradientNorm, _sinceDurable.Elapsed),
            GoodputNow());
    }
}
