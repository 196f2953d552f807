using System.Text.Json;
using Granary.Contracts;

namespace Granary.Grains.Tests.Goodput;

/// <summary>A job's seconds beside what its events and its status say of them.</summary>
public sealed class GoodputTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static readonly Func<JobStatus, bool> HasEnded = s => s.State is JobState.Completed or JobState.Failed or JobState.Cancelled;

    private static double Of(GoodputReport report, TimePart part) => report.Parts.Single(p => p.Part == part).Seconds;

    [Fact]
    public async Task The_parts_of_a_job_that_lost_its_coordinator_and_rested_add_up_to_the_time_from_its_submission_to_its_end()
    {
        var job = SmallCluster.Blobs(_folder);
        job = job with { Training = job.Training with { Epochs = 80 } };
        await using var cluster = await GranaryCluster.Deploy(3, _folder);
        await cluster.HoldBack(milliseconds: 2);
        var coordinator = await cluster.Submit(job);
        var before = await GranaryCluster.Until(coordinator, s => s.Step > 60);
        await cluster.Kill(before.Coordinator);
        await GranaryCluster.Until(coordinator, s => s.Generation > before.Generation && s.Step > 100);
        await coordinator.Pause();
        var paused = await GranaryCluster.Until(coordinator, s => s.State != JobState.Running);
        Assert.Equal(JobState.Paused, paused.State);
        var atRest = (await coordinator.Goodput())!;
        await GranaryCluster.Until(coordinator, s => DateTimeOffset.UtcNow - paused.Submitted > TimeSpan.FromSeconds(atRest.WallSeconds + 1));
        await cluster.LetGo();
        await cluster.Client.GetGrain<ICatalogueGrain>(0).Resume(paused.JobId);
        var ended = await GranaryCluster.Until(coordinator, HasEnded);
        Assert.True(ended.State == JobState.Completed, ended.Failure);

        var (report, events) = ((await coordinator.Goodput())!, await coordinator.Events());
        var wall = (events.Last(e => e.Kind == JobEventKind.Ended).At - ended.Submitted).TotalSeconds;
        Assert.Equal(wall, report.WallSeconds, 0.005 * wall);
        Assert.Equal(report.WallSeconds, report.Parts.Sum(p => p.Seconds), 1e-6);
        Assert.True(Of(report, TimePart.Idle) >= 0.9, $"at rest for {Of(report, TimePart.Idle)} s");
        Assert.True(Of(report, TimePart.Detecting) > 0);
        Assert.True(Of(report, TimePart.Rendezvous) > 0);
        Assert.True(Of(report, TimePart.Computing) > 0);
        Assert.Equal(1, report.Recoveries["coordinator lost"]);
        Assert.Equal(events.Sum(e => e.Rewind is { } r ? r.From - r.To : 0), report.StepsRedone);
        Assert.Equal(ended.Recoveries, report.Recoveries.Values.Sum());

        var summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(ended.Result!.Output, "summary.json"))).RootElement.GetProperty("goodput");
        Assert.InRange(summary.GetProperty("wallSeconds").GetDouble(), 0.5 * wall, wall + 1);
        Assert.Equal(
            summary.GetProperty("wallSeconds").GetDouble(), summary.GetProperty("parts").EnumerateArray().Sum(p => p.GetProperty("seconds").GetDouble()), 1e-6);
    }
}
