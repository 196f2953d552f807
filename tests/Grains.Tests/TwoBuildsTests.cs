using System.Text.RegularExpressions;
using Granary.Contracts;

namespace Granary.Grains.Tests;

/// <summary>A cluster in the middle of an upgrade to a build that computes other bits.</summary>
public sealed class TwoBuildsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // what waits is lost with the silo that is killed
    public async Task A_job_that_has_not_begun_waits_and_says_why_until_the_silos_agree(bool coordinatorIsLost)
    {
        var started = 0;
        await using var cluster = await GranaryCluster.Deploy(2, _folder, shape: silo => Interlocked.Increment(ref started) == 2
            ? silo with { Platform = Regex.Replace(silo.Platform, @" arithmetic \d+", " arithmetic 999") }
            : silo);
        var silos = await cluster.Client.GetGrain<IClusterGrain>(0).Silos();
        var newer = silos.Single(s => s.Platform.Contains("arithmetic 999", StringComparison.Ordinal));
        var coordinator = await cluster.Submit(SmallCluster.Blobs(_folder), at: coordinatorIsLost ? newer.Name : silos.Single(s => s != newer).Name);
        var waiting = await GranaryCluster.Until(coordinator, s => s.Activity.StartsWith("waiting until all silos are of builds that compute the same: ", StringComparison.Ordinal) || s.Failure is not null);
        Assert.Null(waiting.Failure);
        Assert.Equal(coordinatorIsLost, waiting.Coordinator == newer.Name);
        Assert.Equal((JobState.Running, 0L), (waiting.State, waiting.Step));
        Assert.Contains($"silo {newer.Name} is granary ", waiting.Activity, StringComparison.Ordinal);
        await cluster.Kill(newer.Name);
        var status = await GranaryCluster.Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.True(status.State == JobState.Completed, status.Failure);
    }
}
