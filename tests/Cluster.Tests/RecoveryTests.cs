using System.Globalization;
using System.Text.Json;

namespace Granary.Cluster.Tests;

/// <summary>Silos killed, frozen, drained and added while a job runs, by real signals to real processes: the weights must be those of
/// an undisturbed run on one silo, to the last bit.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly Random _random = new(20); // which silo, and after how many steps

    // 50,826 weights in four blocks: slices, backups of Adam's state and transfers all have a part.
    private static readonly string[] Job =
    [
        Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--set", "model.hidden=[256, 128]", "--set", "training.optimizer.kind=adam",
        "--set", "training.optimizer.learningRate=0.001",
    ];

    public void Dispose()
    {
        using var down = CommandLine.Run(_folder, "down").GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<CommandLine> Run(params string[] arguments) => CommandLine.Run(_folder, arguments);

    private async Task<string> Undisturbed(int epochs)
    {
        using var train = await Run(["train", .. Job, "--silos", "1", "--json", "--set", $"training.epochs={epochs}"]);
        Assert.Equal(0, await train.Exit());
        return train.Json.GetProperty("weightsSha256").GetString()!;
    }

    private async Task<string> Submit(int epochs)
    {
        using var submit = await Run(["submit", .. Job, "--detach", "--json", "--set", $"training.epochs={epochs}"]);
        Assert.Equal(0, await submit.Exit());
        return submit.Json.GetProperty("job").GetString()!;
    }

    private async Task<JsonElement> Show(string job)
    {
        using var show = await Run("show", job, "--json");
        Assert.Equal(0, await show.Exit());
        return show.Json.Clone();
    }

    private async Task<bool> Reaches(string job, long step)
    {
        while (await Show(job) is var now)
        {
            if (now.GetProperty("state").GetString() != "running" || now.GetProperty("step").GetInt64() >= step)
            {
                return now.GetProperty("state").GetString() == "running";
            }
        }

        return false;
    }

    private async Task<JsonElement[]> Silos(int atLeast)
    {
        while (true)
        {
            using var status = await Run("status", "--json");
            JsonElement[] silos = [.. status.Json.GetProperty("silos").EnumerateArray().Where(s => s.GetProperty("state").GetString() == "active").Select(s => s.Clone())];
            if (silos.Length >= atLeast)
            {
                return silos;
            }
        }
    }

    private async Task Signal(string signal, int atLeast)
    {
        var silos = await Silos(atLeast);
        CommandLine.Kill(signal, silos[_random.Next(silos.Length)].GetProperty("pid").GetInt32().ToString(CultureInfo.InvariantCulture));
    }

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
        const int Epochs = 350;
        var expected = await Undisturbed(Epochs);
        using var up = await Run("up", "--silos", "3");
        var job = await Submit(Epochs);
        var kills = 0;
        for (long step = 200; kills < 10 && await Reaches(job, step); kills++)
        {
            await Signal("KILL", 2);
            step = (await Show(job)).GetProperty("step").GetInt64() + _random.Next(20, 120);
        }

        Assert.Equal(10, kills);
        await EndsAs(expected, job);
        using var why = await Run("why", job);
        Assert.Contains("First cause: ", why.Output);
    }

    [Fact]
    public async Task Kills_do_not_show_in_where_a_job_stops_nor_in_which_version_is_the_best()
    {
        string[] watched = [.. Job, "--set", "training.epochs=1000", "--set", "training.keep=best", "--set", "training.earlyStopping.patience=20", "--json"];
        using var train = await Run(["train", .. watched, "--silos", "1"]);
        Assert.Equal(0, await train.Exit());
        using var up = await Run("up", "--silos", "3");
        using var submit = await Run(["submit", .. watched, "--detach"]);
        var job = submit.Json.GetProperty("job").GetString()!;
        var kills = 0;
        for (long step = 60; await Reaches(job, step); kills++)
        {
            await Signal("KILL", 2);
            step = (await Show(job)).GetProperty("step").GetInt64() + _random.Next(20, 250);
        }

        Assert.True(kills > 2, $"{kills} kills");
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
        const int Epochs = 400;
        var expected = await Undisturbed(Epochs);
        using var up = await Run("up", "--silos", "2");
        var job = await Submit(Epochs);
        Assert.True(await Reaches(job, 300));
        using var more = await Run("scale", "--silos", "3");
        Assert.Equal(0, await more.Exit());
        while ((await Show(job)).GetProperty("silos").GetArrayLength() < 3)
        {
        }

        await Signal("TERM", 3);
        Assert.True(await Reaches(job, (await Show(job)).GetProperty("step").GetInt64() + 200));
        using var less = await Run("scale", "--silos", "1");
        Assert.Equal(0, await less.Exit());
        using var pause = await Run("pause", job);
        Assert.True(await pause.Exit() == 0, pause.Errors);
        Assert.Equal("paused", (await Show(job)).GetProperty("state").GetString());
        using var resume = await Run("resume", job);
        Assert.Equal(0, await resume.Exit());
        using var two = await Run("scale", "--silos", "2");
        Assert.Equal(0, await two.Exit());

        // The job goes on while one is frozen, or is done; and the one that wakes up changes nothing.
        var frozen = (await Silos(2))[0].GetProperty("pid").GetInt32().ToString(CultureInfo.InvariantCulture);
        CommandLine.Kill("STOP", frozen);
        await Reaches(job, (await Show(job)).GetProperty("step").GetInt64() + 200);
        CommandLine.Kill("CONT", frozen);
        await EndsAs(expected, job);
    }

    [Fact]
    public async Task A_job_goes_on_by_itself_when_the_whole_cluster_was_killed()
    {
        const int Epochs = 300;
        var expected = await Undisturbed(Epochs);
        using var up = await Run("up", "--silos", "2");
        var job = await Submit(Epochs);
        Assert.True(await Reaches(job, 500));
        var record = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "home", "cluster.json"))).RootElement;
        var pids = (await Silos(2)).Select(s => s.GetProperty("pid").GetInt32()).ToArray();
        CommandLine.Kill("KILL", $"{record.GetProperty("supervisorPid").GetInt32()}");
        foreach (var pid in pids.Where(CommandLine.IsAlive))
        {
            CommandLine.Kill("KILL", $"{pid}");
        }

        using var again = await Run("up", "--silos", "3");
        Assert.Equal(0, await again.Exit());
        await EndsAs(expected, job);
    }
}
