using System.Text.Json;

namespace Granary.Cluster.Tests;

/// <summary>All silos and their supervisor killed at once.</summary>
[Collection(RecoveryScenario.ManyAtOnce)]
public sealed class WholeClusterTests : RecoveryScenario
{
    [Fact]
    public async Task A_job_goes_on_by_itself_when_the_whole_cluster_was_killed()
    {
        await Up(silos: 2);
        using var status = await Run("status", "--json");
        var pids = status.Json.GetProperty("silos").EnumerateArray().Select(s => s.GetProperty("pid").GetInt32()).ToArray();
        var record = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "home", "cluster.json"))).RootElement;
        var (job, slow) = await StartInjecting("slow.yaml", Job);
        using (slow)
        {
            while ((await Show(job)).GetProperty("step").GetInt64() < 175)
            {
            }
        }

        CommandLine.Kill("KILL", $"{record.GetProperty("supervisorPid").GetInt32()}");
        foreach (var pid in pids.Where(CommandLine.IsAlive))
        {
            CommandLine.Kill("KILL", $"{pid}");
        }

        await Up(silos: 3);
        await EndsAsUndisturbed(job);
        Assert.True((await Show(job)).GetProperty("recoveries").GetInt32() > 0); // it had not ended before
    }

    private async Task<JsonElement> Show(string job)
    {
        using var show = await Run("show", job, "--json");
        await show.Succeeds();
        return show.Json.Clone();
    }
}
