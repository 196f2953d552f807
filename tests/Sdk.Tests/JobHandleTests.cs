using Granary.Contracts;
using Granary.Inference;

namespace Granary.Sdk.Tests;

public sealed class JobHandleTests(LocalClusterFixture cluster)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_watched_to_its_end_and_leaves_a_model_that_predicts()
    {
        var source = cluster.Line(epochs: 20);
        var job = await cluster.Client.SubmitAsync(source, cancellationToken: Now);
        var (points, last) = (new List<MetricPoint>(), default(JobStatus));
        await foreach (var status in job.WatchAsync(Now))
        {
            if (status.Generation != last?.Generation)
            {
                points.Clear();
            }

            points.AddRange(status.Points);
            last = status;
        }

        Assert.Equal(JobState.Completed, last!.State);
        Assert.Equal((await job.GetStatusAsync(Now)).Points, points); // each once

        var outcome = await job.WaitAsync(Now);
        Assert.True(outcome.IsCompleted);
        Assert.Equal(Path.Combine(cluster.Folder, "runs", job.Id), outcome.Artifacts!.Folder);
        var summary = await outcome.Artifacts.ReadSummaryAsync(Now);
        Assert.Equal((job.Id, "completed", 20, outcome.Result!.WeightsSha256), (summary.Job, summary.State, summary.Epochs, summary.WeightsSha256));
        Assert.Equal(outcome.Result.ValidationAccuracy, summary.Validation!.Accuracy);
        Assert.All([outcome.Artifacts.ModelPath, outcome.Artifacts.MetricsPath, outcome.Artifacts.JobPath], f => Assert.True(File.Exists(f), f));
        Assert.Contains(await job.GetEventsAsync(Now), e => e.Kind == JobEventKind.Ended);

        using var predictor = await Predictor.LoadAsync(outcome.Artifacts.ModelPath, Now);
        Assert.Equal(["x"], predictor.Features);
        Assert.Equal("low", predictor.Predict(2).Label);
        var high = predictor.Predict(new Dictionary<string, double> { ["x"] = 60, ["y"] = 1 });
        Assert.Equal(("high", 1.0), (high.Label, Math.Round(high.Values.Sum(), 9)));
        Assert.Throws<ArgumentException>(() => predictor.Predict(1, 2));
        Assert.Equal(64, predictor.PredictFile(source.Data.Path).Count());
        Assert.Throws<ModelRefusedException>(() => predictor.PredictFile(outcome.Artifacts.SummaryPath).ToArray());

        // What is in the file is tested in Model.Tests.
        var onnx = outcome.Artifacts.ModelPath + ".onnx";
        ModelFile.ExportOnnx(outcome.Artifacts.ModelPath, onnx);
        var written = await File.ReadAllBytesAsync(onnx, Now);
        Assert.Contains("there is a file of this name", Assert.Throws<ModelRefusedException>(() => ModelFile.ExportOnnx(outcome.Artifacts.ModelPath, onnx)).Message);
        ModelFile.ExportOnnx(outcome.Artifacts.ModelPath, onnx, overwrite: true);
        Assert.Equal(written, await File.ReadAllBytesAsync(onnx, Now));
        Assert.Throws<ModelRefusedException>(() => Generator.Load(outcome.Artifacts.ModelPath));
    }

    [Fact]
    public async Task A_job_is_paused_and_goes_on_and_is_cancelled_with_its_weights()
    {
        var job = await cluster.Endless(Now);
        var paused = await job.PauseAsync(Now);
        Assert.Equal(JobState.Paused, paused.State);
        Assert.True(await job.ResumeAsync(Now));
        var running = await LocalClusterFixture.Until(job, s => s.Step > paused.Step, Now);
        Assert.Equal(JobState.Running, running.State);

        await job.CancelAsync(Now);
        var outcome = await job.WaitAsync(Now);
        Assert.False(outcome.IsCompleted);
        Assert.True(File.Exists(outcome.Artifacts!.ModelPath));
        Assert.False(await job.ResumeAsync(Now));
        Assert.Equal(JobState.Cancelled, (await cluster.Client.GetJob(job.Id).GetStatusAsync(Now)).State);
    }

    [Fact]
    public async Task Whoever_gives_up_waiting_is_free_and_the_job_goes_on()
    {
        var job = await cluster.Endless(Now);
        using var enough = new CancellationTokenSource();
        var waiting = job.WaitAsync(enough.Token);
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(JobState.Running, (await job.GetStatusAsync(Now)).State);
        await job.CancelAsync(Now);
        await job.WaitAsync(Now);
    }

    [Fact]
    public async Task What_is_cancelled_before_it_begins_begins_nothing()
    {
        using var enough = new CancellationTokenSource();
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GranaryCluster.StartLocalAsync(cancellationToken: enough.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.Client.SubmitAsync(cluster.Line(epochs: 1), cancellationToken: enough.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cluster.Client.ListSilosAsync(enough.Token));
    }
}
