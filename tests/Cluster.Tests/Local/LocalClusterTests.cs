using System.Diagnostics;
using Granary.Sdk;
using Granary.Sdk.Local;

namespace Granary.Cluster.Tests;

/// <summary>Silos of a local cluster that end, over programs that only say that they are silos.</summary>
public sealed class LocalClusterTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly LocalCluster _cluster;

    public LocalClusterTests() => _cluster = new LocalCluster(_folder, LocalSettings.For(3, "none"), Program);

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_start_goes_on_without_a_silo_that_ends_and_says_why()
    {
        Tell("silo-2", "fails");
        var missing = Assert.Single(await Start());
        Assert.StartsWith("silo silo-2 ended with code 1. Its last lines:", missing);
        Assert.Contains("the port is taken", missing);
        Assert.Equal([true, false, true], _cluster.Silos.Select(s => s.IsUp));
    }

    [Fact]
    public async Task Where_no_silo_starts_the_first_cause_is_told()
    {
        Tell("silo-1", "fails");
        Tell("silo-2", "fails");
        Tell("silo-3", "fails");
        var error = await Assert.ThrowsAsync<ClusterUnreachableException>(Start);
        Assert.Contains("the port is taken", error.Message);
    }

    [Fact]
    public async Task A_setting_that_cannot_be_used_ends_a_start_at_once()
    {
        Tell("silo-1", "waits"); // it would be waited for
        Tell("silo-2", "refuses");
        var error = await Assert.ThrowsAsync<ClusterUnreachableException>(Start);
        Assert.Contains("silo-2 ended with code 2", error.Message);
    }

    [Fact]
    public async Task A_silo_that_ends_is_started_again_and_the_others_stay()
    {
        await Start();
        var (said, before) = (new List<string>(), _cluster.Silos);
        var restarts = new Restarts(_cluster, said.Add);
        before[1].KillNow();
        await Until(restarts, () => _cluster.Silos[1] != before[1] && _cluster.Silos[1].IsUp);
        Assert.Equal(before[0], _cluster.Silos[0]);
        Assert.Equal(before[2], _cluster.Silos[2]);
        Assert.StartsWith($"silo silo-2 (pid {before[1].Pid}) ended with code 137; starting it again in", Assert.Single(said));
        Assert.Null(restarts.Hopeless);
    }

    [Fact]
    public async Task When_no_silo_is_left_for_the_third_time_there_is_no_use_in_going_on()
    {
        await Start();
        var restarts = new Restarts(_cluster, _ => { });
        for (var loss = 1; loss <= 3; loss++)
        {
            await Until(restarts, () => _cluster.Silos.All(s => s.IsUp));
            Assert.Null(restarts.Hopeless);
            foreach (var silo in _cluster.Silos)
            {
                silo.KillNow();
            }

            await Task.WhenAll(_cluster.Silos.Select(s => s.Exited));
            await restarts.Look();
        }

        Assert.StartsWith("silo silo-3 ended with code 137.", restarts.Hopeless);
    }

    [Fact]
    public async Task A_cluster_that_is_stopped_starts_none_again()
    {
        await Start();
        var restarts = new Restarts(_cluster, _ => { });
        var silos = _cluster.Silos;
        _cluster.Kill();
        await Task.WhenAll(silos.Select(s => s.Exited));
        await _cluster.Restart(0);
        _cluster.Add();
        await restarts.Look();
        Assert.Equal(silos, _cluster.Silos);
    }

    private Task<IReadOnlyList<string>> Start() => _cluster.Start(TestContext.Current.CancellationToken).WaitAsync(Patience);

    private void Tell(string silo, string what) => File.Create(Path.Combine(_folder, $"{silo}.{what}")).Dispose();

    private static async Task Until(Restarts restarts, Func<bool> holds)
    {
        for (var since = Stopwatch.StartNew(); !holds(); await Task.Delay(10))
        {
            Assert.True(since.Elapsed < Patience);
            await restarts.Look();
        }
    }

    private ProcessStartInfo Program(IEnumerable<string> arguments)
    {
        const string Script = """
            [ ! -e "$1.fails" ] || { echo "the port is taken"; exit 1; }
            [ ! -e "$1.refuses" ] || exit 2
            [ ! -e "$1.waits" ] || exec cat
            echo "ready $1"; exec cat
            """;
        return new ProcessStartInfo("sh", ["-c", Script, "sh", Path.Combine(_folder, arguments.SkipWhile(a => a != "--name").ElementAt(1))]);
    }
}
