namespace Granary.Cluster.Tests;

/// <summary>Silos killed while L-BFGS searches: what it remembers is in every silo.</summary>
public sealed class LbfgsRecoveryTests : RecoveryScenario
{
    // All examples in every pass, and a tolerance that nothing meets.
    private static readonly string[] Search =
    [
        Path.Combine(CommandLine.Examples, "breast-cancer-lbfgs.yaml"), "--set", $"data.path={Path.Combine(CommandLine.Examples, "data", "digits.csv")}",
        "--set", "model.kind=softmax", "--set", "training.optimizer.weightDecay=0.0001", "--set", "training.optimizer.tolerance=0",
        "--set", "training.epochs=200",
    ];

    [LongFact]
    public async Task Kills_in_the_middle_of_line_searches_do_not_show_in_the_weights()
    {
        using var undisturbed = await Run(["train", .. Search, "--silos", "1", "--json"]);
        await undisturbed.Succeeds();
        await Up(silos: 3);
        var (job, report) = await InjectFromTheStart("search-kills.yaml", Search);
        var kills = report.GetProperty("done").EnumerateArray().Where(d => d.GetProperty("fault").GetString() == "kill");
        Assert.True(kills.Sum(d => d.GetProperty("silos").GetArrayLength()) == 2, report.ToString());
        await EndsAs(undisturbed.Json.GetProperty("weightsSha256").GetString()!, job);
        using var wait = await Run("wait", job, "--json");
        Assert.InRange(wait.Json.GetProperty("recoveries").GetInt32(), 1, 4);
    }
}
