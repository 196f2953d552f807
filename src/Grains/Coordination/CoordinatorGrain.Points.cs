using System.Diagnostics;
using Granary.Contracts;

namespace Granary.Grains.Coordination;

/// <content>Points for the job's TensorBoard file, which the first worker writes.</content>
internal sealed partial class CoordinatorGrain
{
    private static readonly TimeSpan RecordEvery = TimeSpan.FromSeconds(2);

    private Task _recording = Task.CompletedTask;
    private long _recorded;

    private IReadOnlyList<MetricPoint>? PointsToPublish => Job.Output.Tensorboard ? _progress!.Live.Points : null;

    // Training does not wait for it. What is not written now is written with the model, or the job's end says why it was not.
    private void RecordPointsNowAndThen()
    {
        if (Job.Output.Tensorboard && _run is { } run && _recording.IsCompleted && Stopwatch.GetElapsedTime(_recorded) > RecordEvery)
        {
            _recorded = Stopwatch.GetTimestamp();
            _recording = RecordPoints(run, [.. _progress!.Live.Points.SkipWhile(p => p.Step < run.RecordedUntil)]); // the last one known again: rates need it
        }
    }

    private async Task RecordPoints(GenerationRun run, IReadOnlyList<MetricPoint> points)
    {
        if (points.Count == 0 || points[^1].Step == run.RecordedUntil)
        {
            return;
        }

        try
        {
            var trouble = await run.Group.RecordPoints(points);
            run.RecordedUntil = points[^1].Step; // the worker has them, and tries again
            if (trouble is not null && !run.RecordingFails)
            {
                LogNotRecorded(logger, JobId, State.Generation, _progress!.Committed, trouble);
            }

            run.RecordingFails = trouble is not null;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or StaleGenerationException or LostPeerException)
        {
            // The worker is gone: the next generation's is given all of them.
        }
    }
}
