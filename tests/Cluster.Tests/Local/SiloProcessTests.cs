using System.Diagnostics;
using Granary.Sdk;
using Granary.Sdk.Local;

namespace Granary.Cluster.Tests;

public sealed class SiloProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SiloProcess Start(string script, double seconds) =>
        new("silo-1", _folder, new ProcessStartInfo("sh", ["-c", script]), longestStart: TimeSpan.FromSeconds(seconds));

    [Fact]
    public async Task A_silo_that_neither_joins_nor_ends_is_ended()
    {
        await using var silo = Start("echo starting; exec cat", seconds: 0.3);
        var error = await Assert.ThrowsAsync<ClusterUnreachableException>(() => silo.Ready);
        Assert.Contains("silo silo-1 ended with code 137. Its last lines:", error.Message);
        Assert.Contains($"silo-1 (pid {silo.Pid}) has not joined the cluster 0.3 s after its start, and is ended", error.Message);
        Assert.False(CommandLine.IsAlive(silo.Pid));
    }

    [Fact]
    public async Task A_silo_that_has_joined_stays()
    {
        await using var silo = Start("echo ready silo-1; read line; exit 7", seconds: 0.3);
        await silo.Ready;
        await Task.Delay(TimeSpan.FromSeconds(0.6), TestContext.Current.CancellationToken); // the time after which it would have been ended
        Assert.True(silo.IsUp);
    }
}
