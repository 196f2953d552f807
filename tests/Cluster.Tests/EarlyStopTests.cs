namespace Granary.Cluster.Tests;

/// <summary>Silos killed while a job watches for its best version.</summary>
[Collection(RecoveryScenario.OneByOne)]
public sealed class EarlyStopTests : RecoveryScenario
{
    [LongFact]
    public async Task Kills_do_not_show_in_where_a_job_stops_nor_in_which_version_is_the_best()
    {
        string[] watched = [.. Job, "--set", "data.shards=8", "training.epochs=1000", "training.keep=best", "training.earlyStopping.patience=20"];
        using var train = await Run(["train", .. watched, "--silos", "1", "--json"]);
        Assert.Equal(0, await train.Exit());
        await Up(silos: 3);
        var (job, report) = await InjectFromTheStart("watch-kills.yaml", watched);
        Assert.True(report.GetProperty("recoveries").GetInt32() > 2, report.ToString());
        await EndsAs(train.Json.GetProperty("weightsSha256").GetString()!, job);
        using var wait = await Run("wait", job, "--json");
        foreach (var figure in new[] { "modelStep", "steps", "stoppedEarly", "examples", "validation" })
        {
            Assert.Equal(train.Json.GetProperty(figure).ToString(), wait.Json.GetProperty(figure).ToString());
        }
    }
}
