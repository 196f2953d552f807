namespace Granary.Cluster.Tests;

/// <summary>Silos killed while L-BFGS searches: what it remembers is in every silo.</summary>
public sealed class LbfgsRecoveryTests : IDisposable
{
    // All examples in every pass, and a tolerance that nothing meets.
    private static readonly string[] Job =
    [
        Path.Combine(CommandLine.Examples, "breast-cancer-lbfgs.yaml"), "--set", $"data.path={Path.Combine(CommandLine.Examples, "data", "digits.csv")}",
        "--set", "model.kind=softmax", "--set", "training.optimizer.weightDecay=0.0001", "--set", "training.optimizer.tolerance=0",
        "--set", "training.epochs=400",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose()
    {
        using var down = CommandLine.Run(_folder, "down").GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<CommandLine> Run(params string[] arguments)
    {
        var command = await CommandLine.Run(_folder, arguments);
        Assert.True(await command.Exit() == 0, command.Errors);
        return command;
    }

    [Fact]
    public async Task Kills_in_the_middle_of_line_searches_do_not_show_in_the_weights()
    {
        using var undisturbed = await Run(["train", .. Job, "--silos", "1", "--json"]);
        using var up = await CommandLine.Run(_folder, "up", "--silos", "3");
        using var submit = await Run(["submit", .. Job, "--detach", "--json"]);
        var job = submit.Json.GetProperty("job").GetString()!;
        using var chaos = await Run("chaos", "--plan", Path.Combine(AppContext.BaseDirectory, "search-kills.yaml"), "--json");
        Assert.Equal(2, chaos.Json.GetProperty("done").EnumerateArray().Sum(d => d.GetProperty("silos").GetArrayLength()));
        using var wait = await Run("wait", job, "--json");
        Assert.Equal(undisturbed.Json.GetProperty("weightsSha256").GetString(), wait.Json.GetProperty("weightsSha256").GetString());
        Assert.InRange(wait.Json.GetProperty("recoveries").GetInt32(), 1, 4);
        using var audit = await Run("audit", job);
        Assert.Contains("was counted exactly once", audit.Errors);
    }
}
