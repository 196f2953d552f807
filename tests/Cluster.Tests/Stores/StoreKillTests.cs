using System.Text.Json;
using Granary.Jobs;

namespace Granary.Cluster.Tests.Stores;

/// <summary>A plan like that of <see cref="KillTests"/> on a server's records, and the server itself stopped and started again.</summary>
public abstract class StoreKillTests : StoreScenario
{
    [LongFact]
    public async Task Ten_kills_do_not_show_in_the_weights()
    {
        await Up();
        var (job, killed) = await Kill(_ => { });
        Assert.InRange(killed, 10, 12); // fewer may live than the plan asks for
        await EndsAsUndisturbed(job);
        Assert.Contains("First cause: ", (await Cluster.Run("why", job)).Output, StringComparison.Ordinal);
    }

    // At the moment of some of the kills: what it was being told of them is cut off.
    [LongFact]
    public async Task Kills_while_the_store_starts_again_do_not_show_in_the_weights()
    {
        await Up();
        var starts = 0;
        var (job, killed) = await Kill(fault =>
        {
            if (fault.Fault.Kind == FaultKind.Kill && ++starts % 3 == 0)
            {
                Server.Down();
                Server.Up();
            }
        });
        Assert.InRange(killed, 10, 12);
        Assert.True(starts >= 9);
        await EndsAsUndisturbed(job);
    }

    // Nothing can be stored, and no silo be declared dead: the job waits for the store from the kill on.
    [LongFact]
    public async Task A_store_that_is_away_while_a_silo_is_killed_is_named_and_waited_for()
    {
        await Up();
        var job = await Submit();
        await Cluster.Reaches(job, 200);
        using var http = new HttpClient();
        var coordinator = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{Web}/api/v1/jobs/{job}"), TestContext.Current.CancellationToken)).RootElement.GetProperty("status").GetProperty("coordinator").GetString();
        Server.Down();
        var away = TimeProvider.System.GetTimestamp();
        await WhySays(job, $"could not be stored in {Server.Name}: ");
        Cluster.Kill(new[] { "silo-1", "silo-2" }.First(s => s != coordinator)); // what a coordinator could not store is lost with it
        var status = Cluster.Command("status");
        Assert.Equal(3, await status.Exit()); // commands find the silos in the store
        Assert.Contains($" at {Server.Name.Split(' ')[^1]}, in which commands find the silos of the cluster 'test', cannot be asked: ", status.Errors, StringComparison.Ordinal);
        var rest = TimeSpan.FromSeconds(20) - TimeProvider.System.GetElapsedTime(away);
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, TestContext.Current.CancellationToken);
        Server.Up();
        await EndsAsUndisturbed(job);
        Assert.Contains(Server.Name, (await Cluster.Run("why", job)).Output, StringComparison.Ordinal);
        Assert.True(await Cluster.Number(job, "recoveries") >= 1);
    }

    // Over HTTP, which needs no store.
    private async Task WhySays(string job, string text)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            var why = Cluster.Command("why", job, "--url", Web);
            if (await why.Exit() == 0 && why.Output.Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(2), $"why does not name the store: {why.Output}{why.Errors}");
        }
    }
}
