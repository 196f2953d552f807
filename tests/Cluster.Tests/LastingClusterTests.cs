using System.Text.Json;
using Granary.Sdk.Connecting;
using Granary.Sdk.Local;

namespace Granary.Cluster.Tests;

public sealed class LastingClusterTests : IDisposable
{
    // A home may be called anything: what connection strings, shells and globs take for theirs, and letters beyond ASCII.
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test- a;b=c 'd\" $e*ü-").FullName;

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    public void Dispose()
    {
        using var down = CommandLine.Run(_folder, "down").GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<CommandLine> Run(params string[] arguments) => CommandLine.Run(_folder, arguments);

    [Fact]
    public async Task A_cluster_takes_jobs_and_starts_a_killed_silo_again()
    {
        using var nothing = await Run("status");
        Assert.Equal(3, await nothing.Exit());
        Assert.Contains("granary up", nothing.Errors);

        using var up = await Run("up", "--silos", "2");
        Assert.Equal(0, await up.Exit());
        var pids = await Pids();
        Assert.Equal(2, pids.Length);

        using var submit = await Run("submit", Digits, "--detach", "--json", "--set", "training.epochs=10");
        var job = submit.Json.GetProperty("job").GetString()!;
        using var wait = await Run("wait", job, "--json");
        Assert.Equal(0, await wait.Exit());
        Assert.Equal("completed", wait.Json.GetProperty("state").GetString());
        using var show = await Run("show", job, "--json");
        Assert.Equal(230, show.Json.GetProperty("step").GetInt64());
        using var jobs = await Run("jobs");
        Assert.Contains(job, jobs.Output);
        using var unknown = await Run("show", "nothing-1");
        Assert.Equal(2, await unknown.Exit());
        Assert.Contains(job, unknown.Errors);
        using var empty = await Run("show", " ");
        Assert.Equal(2, await empty.Exit());
        Assert.Contains("a job's id cannot be empty", empty.Errors);
        await BothWaysSayTheSame(job);

        // A silo is killed in the middle of a job: it comes back, and the job goes on until it is cancelled.
        using var again = await Run("submit", Digits, "--detach", "--json", "--set", "training.epochs=1000000");
        var second = again.Json.GetProperty("job").GetString()!;
        using var watch = new CommandLine(_folder, "watch", second);
        watch.WaitFor("epoch ");
        using (var kill = System.Diagnostics.Process.Start("kill", ["-KILL", $"{pids[1]}"]))
        {
            await kill.WaitForExitAsync();
        }

        while ((await Pids()) is var now && (now.Length < 2 || now.Contains(pids[1])))
        {
        }

        using var cancel = await Run("cancel", second);
        Assert.Equal(0, await cancel.Exit());
        Assert.Equal(1, await watch.Exit());

        using var down = await Run("down");
        Assert.Equal(0, await down.Exit());
        Assert.All(pids, p => Assert.False(CommandLine.IsAlive(p)));
    }

    [Fact]
    public async Task A_sweep_is_a_group_of_jobs_that_run_side_by_side()
    {
        using var up = await Run("up", "--silos", "1", "--jobs", "2");
        Assert.Equal(0, await up.Exit());
        using var sweep = new CommandLine(_folder, "sweep", Digits, "--over", "training.seed=1,2,3", "--set", "training.epochs=100000");
        sweep.WaitFor("-sweep-");
        JsonElement[] Jobs()
        {
            using var jobs = Run("jobs", "--json").GetAwaiter().GetResult();
            return [.. jobs.Json.GetProperty("jobs").EnumerateArray().Select(j => j.Clone())];
        }

        string?[] States() => [.. Jobs().Select(j => j.GetProperty("state").GetString())];
        while (!States().SequenceEqual(["running", "running", "queued"]))
        {
        }

        Assert.Single(Jobs().Select(j => j.GetProperty("group").GetString()).Distinct());
        foreach (var job in Jobs())
        {
            using var cancel = await Run("cancel", job.GetProperty("job").GetString()!);
        }

        // Not one of them came to an end of its own.
        Assert.Equal(1, await sweep.Exit());
        Assert.Equal(3, sweep.Output.Split('\n').Count(l => l.EndsWith("cancelled", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_supervisor_killed_takes_its_silos_along_and_leaves_the_way_free()
    {
        using var up = await Run("up", "--silos", "1");
        Assert.Equal(0, await up.Exit());
        using var twice = await Run("up");
        Assert.Equal(0, await twice.Exit());
        Assert.Contains("a cluster of 1 silo runs already", twice.Output);

        var record = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "home", "cluster.json"))).RootElement;
        using var silo = System.Diagnostics.Process.GetProcessById((await Pids()).Single());
        CommandLine.Kill("KILL", $"{record.GetProperty("supervisorPid").GetInt32()}");
        await silo.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));

        // What it left behind says that a cluster runs; nobody believes it.
        using var status = await Run("status");
        Assert.Equal(3, await status.Exit());
        using var again = await Run("up", "--silos", "1");
        Assert.Equal(0, await again.Exit());
        var frozen = (await Pids()).Single();
        Assert.NotEqual(silo.Id, frozen);

        // A cluster that is frozen whole has an answer for nobody.
        CommandLine.Kill("STOP", $"{frozen}");
        try
        {
            using CommandLine jobs = new(_folder, "jobs"), standing = new(_folder, "status");
            foreach (var question in new[] { jobs, standing })
            {
                Assert.Equal(3, await question.Exit()); // after seconds, or up to a minute where the machine is busy with other work
                Assert.Contains("no silo of the cluster has answered for", question.Errors);
            }
        }
        finally
        {
            CommandLine.Kill("CONT", $"{frozen}");
        }
    }

    // Over HTTP and by an Orleans client.
    private async Task BothWaysSayTheSame(string job)
    {
        var address = new ClusterHome(Path.Combine(_folder, "home")).Address();
        await using var http = await ClusterLink.Connect(address, CancellationToken.None);
        await using var grains = await ClusterLink.Connect(address with { Web = null }, CancellationToken.None);
        Assert.Equal((typeof(HttpCluster), typeof(GrainCluster)), (http.GetType(), grains.GetType()));
        await Same(c => c.Silos(CancellationToken.None));
        await Same(c => c.Jobs(CancellationToken.None));
        await Same(c => c.Status(job, 0, null, CancellationToken.None));
        await Same(c => c.Status(job, 3, null, CancellationToken.None));
        await Same(c => c.Events(job, CancellationToken.None));
        await Same(c => c.Goodput(job, CancellationToken.None));
        await Same(c => c.Activity(job, CancellationToken.None));
        await Same(c => c.Resume(job, CancellationToken.None));
        foreach (var nothing in new[] { "nothing-1", "..", "a/b?c&d=é" })
        {
            Assert.Null(await http.Status(nothing, 0, null, CancellationToken.None));
            Assert.Null(await http.Activity(nothing, CancellationToken.None));
        }

        async Task Same<T>(Func<ICluster, Task<T>> ask)
        {
            var (one, other) = (await ask(http), await ask(grains));
            Assert.NotNull(one);
            Assert.Equivalent(other, one, strict: true);
        }
    }

    private async Task<int[]> Pids()
    {
        using var status = await Run("status", "--json");
        return [.. status.Json.GetProperty("silos").EnumerateArray().Where(s => s.GetProperty("state").GetString() == "active").Select(s => s.GetProperty("pid").GetInt32())];
    }
}
