using System.Text.Json;

namespace Granary.Cluster.Tests;

/// <summary>Silos killed, frozen, drained and added while a job runs, by fault plans against real processes: the weights must be those
/// of an undisturbed run on one silo, to the last bit.</summary>
public sealed class RecoveryTests(UndisturbedRun undisturbed) : IClassFixture<UndisturbedRun>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose()
    {
        using var down = CommandLine.Run(_folder, "down").GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<CommandLine> Run(params string[] arguments) => CommandLine.Run(_folder, arguments);

    private async Task<string> Submit()
    {
        using var submit = await Run(["submit", .. UndisturbedRun.Job, "--detach", "--json"]);
        Assert.Equal(0, await submit.Exit());
        return submit.Json.GetProperty("job").GetString()!;
    }

    private async Task<JsonElement> Suffer(string plan)
    {
        using var chaos = await Run("chaos", "--plan", Path.Combine(AppContext.BaseDirectory, plan), "--json");
        Assert.True(await chaos.Exit() == 0, chaos.Errors);
        return chaos.Json.Clone();
    }

    private Task EndsAsUndisturbed(string job) => EndsAs(undisturbed.WeightsSha256, job);

    private async Task EndsAs(string expected, string job)
    {
        using var wait = await Run("wait", job, "--json");
        Assert.True(await wait.Exit() == 0, wait.Errors);
        Assert.Equal(expected, wait.Json.GetProperty("weightsSha256").GetString());
        using var audit = await Run("audit", job);
        Assert.True(await audit.Exit() == 0, audit.Errors);
        Assert.Contains("was counted exactly once", audit.Errors);
    }

    [Fact]
    public async Task Ten_kills_do_not_show_in_the_weights()
    {
        using var up = await Run("up", "--silos", "3");
        var job = await Submit();
        var report = await Suffer("kills.yaml");
        Assert.InRange(report.GetProperty("done").EnumerateArray().Sum(d => d.GetProperty("silos").GetArrayLength()), 10, 14); // fewer may live than a plan asks for
        await EndsAsUndisturbed(job);
        using var why = await Run("why", job);
        Assert.Contains("First cause: ", why.Output);
    }

    [Fact]
    public async Task Kills_do_not_show_in_where_a_job_stops_nor_in_which_version_is_the_best()
    {
        string[] watched = [.. UndisturbedRun.Job, "--set", "training.epochs=1000", "training.keep=best", "training.earlyStopping.patience=20", "--json"];
        using var train = await Run(["train", .. watched, "--silos", "1"]);
        Assert.Equal(0, await train.Exit());
        using var up = await Run("up", "--silos", "3");
        using var submit = await Run(["submit", .. watched, "--detach"]);
        var job = submit.Json.GetProperty("job").GetString()!;
        var report = await Suffer("kills.yaml");
        Assert.True(report.GetProperty("recoveries").GetInt32() > 2);
        await EndsAs(train.Json.GetProperty("weightsSha256").GetString()!, job);
        using var wait = await Run("wait", job, "--json");
        foreach (var figure in new[] { "modelStep", "steps", "stoppedEarly", "examples", "validation" })
        {
            Assert.Equal(train.Json.GetProperty(figure).ToString(), wait.Json.GetProperty(figure).ToString());
        }
    }

    [Fact]
    public async Task Silos_that_come_go_and_freeze_do_not_show_in_the_weights()
    {
        using var up = await Run("up", "--silos", "2");
        var job = await Submit();
        var report = await Suffer("unrest.yaml");
        Assert.Equal(8, report.GetProperty("faults").GetInt32());
        await EndsAsUndisturbed(job);
    }

    [Fact]
    public async Task A_job_goes_on_by_itself_when_the_whole_cluster_was_killed()
    {
        using var up = await Run("up", "--silos", "2");
        var job = await Submit();
        JsonElement now;
        do
        {
            using var show = await Run("show", job, "--json");
            now = show.Json.Clone();
        }
        while (now.GetProperty("step").GetInt64() < 500);
        using var status = await Run("status", "--json");
        var pids = status.Json.GetProperty("silos").EnumerateArray().Select(s => s.GetProperty("pid").GetInt32()).ToArray();
        var record = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "home", "cluster.json"))).RootElement;
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

/// <summary>The job of these tests on one silo, with nothing done to it: made once for all of them.</summary>
public sealed class UndisturbedRun : IAsyncLifetime
{
    // 50,826 weights in four blocks: slices, backups of Adam's state and transfers all have a part.
    public static readonly string[] Job =
    [
        Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--set", "model.hidden=[256, 128]", "--set", "training.optimizer.kind=adam",
        "--set", "training.optimizer.learningRate=0.001", "--set", "training.epochs=200",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public string WeightsSha256 { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        using var train = await CommandLine.Run(_folder, ["train", .. Job, "--silos", "1", "--json"]);
        Assert.Equal(0, await train.Exit());
        WeightsSha256 = train.Json.GetProperty("weightsSha256").GetString()!;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
