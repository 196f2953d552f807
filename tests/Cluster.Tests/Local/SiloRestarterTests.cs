using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Granary.Client;
using Granary.Client.Local;
using Granary.Sdk.Local;

namespace Granary.Cluster.Tests;

/// <summary>The supervisor of a lasting cluster, over programs that only say that they are silos.</summary>
public sealed class SiloRestarterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly ConcurrentDictionary<string, int> _unstarted = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterHome _home;
    private readonly Task _run;

    public SiloRestarterTests()
    {
        _home = new ClusterHome(_folder);
        _run = Supervisor.Run(_home, LocalSettings.For(2, "none"), _stop.Token, Program);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _run.Wait();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_silo_that_does_not_come_up_takes_no_other_along()
    {
        await Until(() => Record() is { Silos: 2, Joined: 2 });
        File.Create(Path.Combine(_folder, "silo-3.fails")).Dispose();
        _home.Want(3);
        await Until(() => Pids("silo-3").Length >= 2); // it has ended, and has been started again
        await Until(() => Record() is { Silos: 3, Joined: 2 });
        Assert.True(CommandLine.IsAlive(Assert.Single(Pids("silo-1"))));
        Assert.True(CommandLine.IsAlive(Assert.Single(Pids("silo-2"))));

        File.Delete(Path.Combine(_folder, "silo-3.fails"));
        await Until(() => Record() is { Silos: 3, Joined: 3 });
    }

    [Fact]
    public async Task What_ends_while_another_silo_is_still_starting_is_started_again()
    {
        await Until(() => Record() is { Silos: 2, Joined: 2 });
        File.Create(Path.Combine(_folder, "silo-3.waits")).Dispose();
        _home.Want(3);
        await Until(() => Record() is { Silos: 3, Joined: 2 });
        CommandLine.Kill("KILL", $"{Pids("silo-1").Single()}");
        await Until(() => Pids("silo-1").Length == 2 && Record() is { Silos: 3, Joined: 2 });

        // Nor does it keep the cluster from being stopped.
        await _stop.CancelAsync();
        await _run.WaitAsync(Patience);
        Assert.All(["silo-1", "silo-2", "silo-3"], s => Assert.False(CommandLine.IsAlive(Pids(s)[^1])));
    }

    [Fact]
    public async Task A_silo_that_cannot_be_started_is_tried_again()
    {
        await Until(() => Record() is { Silos: 2, Joined: 2 });
        _unstarted["silo-1"] = _unstarted["silo-3"] = 0;
        CommandLine.Kill("KILL", $"{Pids("silo-1").Single()}");
        _home.Want(3);
        await Until(() => _unstarted["silo-1"] >= 2 && _unstarted["silo-3"] >= 2);
        Assert.True(CommandLine.IsAlive(Assert.Single(Pids("silo-2"))));

        _unstarted.Clear();
        await Until(() => Record() is { Silos: 3, Joined: 3 });
    }

    // Of the silo's arguments the name is enough.
    private ProcessStartInfo Program(IEnumerable<string> arguments)
    {
        var name = arguments.SkipWhile(a => a != "--name").ElementAt(1);
        if (_unstarted.ContainsKey(name))
        {
            _unstarted.AddOrUpdate(name, 0, (_, tries) => tries + 1);
            throw new UserException(ExitCode.Usage, "there is no program");
        }

        const string Script = """echo "pid $$"; [ ! -e "$1.fails" ] || exit 1; [ ! -e "$1.waits" ] || exec cat; echo "ready $1"; exec cat""";
        return new ProcessStartInfo("sh", ["-c", Script, "sh", Path.Combine(_folder, name)]);
    }

    private int[] Pids(string silo)
    {
        var log = Path.Combine(_home.Logs, silo + ".log");
        return !File.Exists(log) ? [] : [.. File.ReadAllLines(log).Where(l => l.StartsWith("pid ", StringComparison.Ordinal))
            .Select(l => int.Parse(l[4..], System.Globalization.CultureInfo.InvariantCulture))];
    }

    private ClusterRecord? Record()
    {
        var file = Path.Combine(_folder, "cluster.json");
        return File.Exists(file) ? JsonSerializer.Deserialize<ClusterRecord>(File.ReadAllText(file), Web) : null;
    }

    private async Task Until(Func<bool> holds)
    {
        for (var since = Stopwatch.StartNew(); !holds(); await Task.Delay(10))
        {
            if (_run.IsCompleted)
            {
                await _run;
                Assert.Fail("the supervisor has ended");
            }

            Assert.True(since.Elapsed < Patience, $"not within {Patience}; the record is {Record()}");
        }
    }
}
