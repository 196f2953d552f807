using System.Text.Json;

namespace Granary.Cluster.Tests;

/// <summary>All silos and their supervisor killed at once.</summary>
[Collection(RecoveryScenario.OneAtATime)]
public sealed class WholeClusterTests : RecoveryScenario
{
    [Fact]
    public async Task A_job_goes_on_by_itself_when_the_whole_cluster_was_killed()
    {
        using var up = await Run("up", "--silos", "2");
        using var status = await Run("status", "--json");
        var pids = status.Json.GetProperty("silos").EnumerateArray().Select(s => s.GetProperty("pid").GetInt32()).ToArray();
        var record = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "home", "cluster.json"))).RootElement;
        var job = await Submit();
        JsonElement now;
        do
        {
            using var show = await Run("show", job, "--json");
            now = show.Json.Clone();
        }
        while (now.GetProperty("step").GetInt64() < 500);
        CommandLine.Kill("KILL", $"{record.GetProperty("supervisorPid").GetInt32()}");
        foreach (var pid in pids.Where(CommandLine.IsAlive))
        {
            CommandLine.Kill("KILL", $"{pid}");
        }

        using var again = await Run("up", "--silos", "3");
        Assert.Equal(0, await again.Exit());
        await EndsAsUndisturbed(job);
    }
}
