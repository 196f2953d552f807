using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk;

namespace Granary.Cluster.Tests;

/// <summary>A machine whose clock is set back and forward by hours while its silo is away: the silo, which starts again at the same address, is taken in, and nothing shows in the weights.</summary>
public sealed class ClockTests : IDisposable
{
    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory.GetDirectories("/usr/lib", "*-linux-gnu*").Select(d => Path.Combine(d, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists)
        : null;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly List<CommandLine> _silos = [];
    private readonly HeldPort[][] _ports = [.. Enumerable.Range(0, 3).Select(_ => new[] { new HeldPort(), new HeldPort() })];

    public void Dispose()
    {
        _silos.ForEach(s => s.Dispose());
        Array.ForEach(_ports.SelectMany(p => p).ToArray(), p => p.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    // Machines: each has a home and ports of its own. They meet in Redis.
    private CommandLine Start(RedisServer redis, string name, HeldPort[] ports, string? clock = null)
    {
        // Deadlines count on the monotonic clock, which nobody sets back.
        (string, string)[] set = clock is not null ? [("LD_PRELOAD", Library!), ("FAKETIME", clock), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("DONT_FAKE_MONOTONIC", "1")] : [];
        var silo = new CommandLine(
            _folder,
            [.. redis.Variables, ("GRANARY_CLUSTER", "test"), .. set],
            ["silo", "--name", name, "--home", Path.Combine(_folder, "machines", name), "--threads", "1", "--silo-port", $"{ports[0].Number}", "--gateway-port", $"{ports[1].Number}", "--checkpoints", Path.Combine(_folder, "checkpoints")]);
        _silos.Add(silo);
        return silo;
    }

    private static async Task<JobStatus> Until(JobHandle job, Func<JobStatus, bool> holds)
    {
        await foreach (var status in job.WatchAsync(TestContext.Current.CancellationToken))
        {
            if (holds(status))
            {
                return status;
            }
        }

        return await job.GetStatusAsync(TestContext.Current.CancellationToken);
    }

    [LongFact]
    public async Task A_silo_that_starts_again_with_its_clock_set_is_taken_in()
    {
        Assert.SkipWhen(Library is null, "libfaketime is not here: apt-get install libfaketime");
        var cancellation = TestContext.Current.CancellationToken;
        var file = Path.Combine(CommandLine.Examples, "digits-mlp.yaml");
        string[] Steps(long steps) => [$"training.steps={steps}", "training.epochs=null"];
        using var redis = await RedisServer.Start(_folder);
        for (var i = 0; i < 3; i++)
        {
            Start(redis, $"silo-{i}", _ports[i]);
        }

        _silos.ForEach(s => s.WaitFor("ready silo-"));
        await using var client = await GranaryClient.Connect(redis.Address, cancellation);
        var job = await client.SubmitAsync(JobFile.Load(file, Steps(100_000_000), _folder), cancellationToken: cancellation);
        var whole = await Until(job, s => s.Members.Count == 3 && s.Step > 50);
        foreach (var clock in new[] { "-1h", "+1h", "-2h" })
        {
            CommandLine.Kill("KILL", $"{_silos[^1].Children()[0].Id}");
            await _silos[^1].Exit();
            await Until(job, s => s.Members.Count == 2 && s.Step > whole.Step);
            Start(redis, "silo-2", _ports[2], clock).WaitFor("ready silo-2");
            var again = await Until(job, s => s.Members.Count == 3 && s.Generation > whole.Generation);
            whole = await Until(job, s => s.Members.Count == 3 && s.Step > again.Step + 50);
        }

        await job.CancelAsync(cancellation);
        var ended = await Until(job, s => s.State == JobState.Cancelled && s.Result is not null);
        using var alone = await CommandLine.Run(_folder, ["train", file, "--silos", "1", "--json", .. Steps(ended.Step).SelectMany(s => new[] { "--set", s })]);
        await alone.Succeeds();
        Assert.Equal(alone.Json.GetProperty("weightsSha256").GetString(), ended.Result!.WeightsSha256);
    }
}
