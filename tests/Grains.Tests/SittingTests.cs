using System.Text.Json;
using Granary.Contracts;
using Granary.Grains.Tests.TensorBoard;
using Granary.Jobs;

namespace Granary.Grains.Tests;

/// <summary>Seconds, rates, earlier work and TensorBoard's points of jobs that go on: from another run, after a pause, after a loss.</summary>
public sealed class SittingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly Func<JobStatus, bool> HasEnded = s => s.State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    private Job Long(int epochs)
    {
        var job = SmallCluster.Blobs(_folder);
        return job with { Training = job.Training with { Epochs = epochs, ClipNorm = 1 }, Output = new() { Tensorboard = true } };
    }

    private static async Task<ICoordinatorGrain> Submit(GranaryCluster cluster, Job job, string? from = null) => cluster.Client.GetGrain<ICoordinatorGrain>(
        await cluster.Client.GetGrain<ICatalogueGrain>(0).Submit(new Submission(job, null, Continue: from)));

    private static void AddsUp(JobStatus whole, WorkDone earlier)
    {
        Assert.Equal(earlier, whole.Earlier);
        Assert.True(whole.Seconds > earlier.Seconds, $"{whole.Seconds} s in all, {earlier.Seconds} s before");
        Assert.Equal((whole.Examples - earlier.Examples) / (whole.Seconds - earlier.Seconds), whole.ExamplesPerSecond, 1e-6 * whole.ExamplesPerSecond);
        Assert.Equal(whole.Points.Select(p => p.Seconds).Order(), whole.Points.Select(p => p.Seconds));
        Assert.All(whole.Points.Where(p => p.Step > earlier.Steps), p => Assert.InRange(p.Seconds, earlier.Seconds, whole.Seconds));
    }

    [Fact]
    public async Task The_seconds_of_a_continued_job_are_those_of_both_runs_and_its_rate_that_of_the_second()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        await cluster.HoldBack(milliseconds: 2); // the job must not end before it is interrupted, however late this test is
        var first = await Submit(cluster, Long(80));
        await GranaryCluster.Until(first, s => s.Step > 50);
        await first.Cancel();
        var left = await GranaryCluster.Until(first, HasEnded);
        Assert.Equal(JobState.Cancelled, left.State);
        Assert.InRange(left.Step, 50, left.Steps - 1);
        await cluster.LetGo();

        var whole = await GranaryCluster.Until(await Submit(cluster, Long(80), left.Result!.Output), HasEnded);
        Assert.True(whole.State == JobState.Completed, whole.Failure);
        AddsUp(whole, new WorkDone(left.Step, left.Examples, left.Seconds));
        EventReader.Check(left, "weight", "bias");
        EventReader.Check(whole, "weight", "bias");
        var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(whole.Result!.Output, "summary.json"))).RootElement;
        Assert.Equal(whole.Seconds, summary.GetProperty("seconds").GetDouble(), 1e-9);
        Assert.Equal(left.Seconds, summary.GetProperty("earlier").GetProperty("seconds").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task A_pause_begins_another_sitting_and_takes_no_time()
    {
        await using var cluster = await GranaryCluster.Deploy(2, _folder);
        await cluster.HoldBack(milliseconds: 2); // the job must not end before it is interrupted, however late this test is
        var coordinator = await Submit(cluster, Long(80));
        await GranaryCluster.Until(coordinator, s => s.Step > 50);
        await coordinator.Pause();
        var paused = await GranaryCluster.Until(coordinator, s => s.State != JobState.Running);
        Assert.Equal(JobState.Paused, paused.State);
        Assert.Equal(paused.Seconds, (await coordinator.Status(0))!.Seconds);
        await cluster.LetGo();
        await cluster.Client.GetGrain<ICatalogueGrain>(0).Resume(paused.JobId);
        AddsUp(await GranaryCluster.Until(coordinator, HasEnded), new WorkDone(paused.Step, paused.Examples, paused.Seconds));
    }

    [Fact]
    public async Task A_loss_is_no_other_sitting_and_the_seconds_never_go_back()
    {
        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        await cluster.HoldBack(milliseconds: 2);
        var coordinator = await Submit(cluster, Long(60));
        var before = await GranaryCluster.Until(coordinator, s => s.Step > 100);
        await cluster.Kill(before.Coordinator); // the coordinator moves
        var whole = await GranaryCluster.Until(coordinator, HasEnded);
        Assert.True(whole.State == JobState.Completed, whole.Failure);
        Assert.True(whole.Recoveries > 0);
        AddsUp(whole, WorkDone.None);
        EventReader.Check(whole, "weight", "bias");
    }
}
