using System.Diagnostics;
using System.Text.Json;
using Granary.Contracts;
using Granary.Grains.Tracking;

namespace Granary.Grains.Coordination;

/// <content>The job's run on an MLflow server, where the job file names one. Training never waits for it.</content>
internal sealed partial class CoordinatorGrain
{
    private static readonly TimeSpan TrackEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan EndTrackingTime = TimeSpan.FromSeconds(10);

    private const int EndTrackingTries = 3;

    private MlflowRun? _mlflow;
    private Task _tracking = Task.CompletedTask;
    private long _tracked;
    private bool _untracked; // it has been said that the server does not answer

    private void TrackNowAndThen()
    {
        if (Job.Tracking is not null && _tracking.IsCompleted && Stopwatch.GetElapsedTime(_tracked) > TrackEvery)
        {
            _tracked = Stopwatch.GetTimestamp();
            _tracking = Track(run => LogPoints(run, _progress!.Settled, _deactivated.Token));
        }
    }

    // Only of stored steps: a successor that has not read them would make them anew, with other times.
    private Task LogPoints(MlflowRun run, ProgressState progress, CancellationToken cancellation) => run.Log(
        [.. progress.Points.Where(p => p.Step <= _keeper.Stored)], Batches(State.Facts!).StepsPerEpoch, progress.Committed > 0 ? (double)progress.Examples / progress.Committed : 0, cancellation);

    // Before anybody hears that the job has ended: its silos may go then.
    private async Task EndTracking(JobState state, string? failure)
    {
        if (Job.Tracking is null || State.Facts is null || (_progress?.Settled ?? State.Progress) is not { } progress)
        {
            return;
        }

        Activity = "telling the MLflow server";
        State.Progress = progress;
        await SaveForCertain();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(_deactivated.Token);
        time.CancelAfter(EndTrackingTime);
        await Task.WhenAny(_tracking, Task.Delay(EndTrackingTime, time.Token));
        (string, string?)[] tags =
            [("granary.failure", failure), ("granary.output", State.Result?.Output), ("granary.weightsSha256", State.Result?.WeightsSha256)];
        for (var tries = 0; tries < EndTrackingTries; tries++)
        {
            if (await Track(async run =>
            {
                await LogPoints(run, progress, time.Token);
                await run.End(state, tags, time.Token);
            }))
            {
                return;
            }
        }
    }

    private async Task<bool> Track(Func<MlflowRun, Task> act)
    {
        try
        {
            await act(_mlflow ??= new MlflowRun(new MlflowServer(Job.Tracking!.Mlflow), JobId, Job, State.Submitted));
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException or InvalidOperationException or FormatException)
        {
            if (!_untracked && !_ended)
            {
                _untracked = true;
                var why = e is OperationCanceledException ? "it did not answer in time" : e.Message;
                Note(JobEventKind.TrackingFailed, null, $"the MLflow server at {Job.Tracking!.Mlflow} does not take the job's figures: {why.TrimEnd('.')}. Training goes on, and it is tried again; look at tracking.mlflow and the server");
            }

            return false;
        }
    }
}
