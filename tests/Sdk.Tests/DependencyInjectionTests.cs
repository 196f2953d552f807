using System.Diagnostics;
using Granary.Sdk.Local;
using Microsoft.Extensions.DependencyInjection;

namespace Granary.Sdk.Tests;

public sealed class DependencyInjectionTests(LocalClusterFixture cluster)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_among_a_hosts_services_connects_when_it_is_asked()
    {
        var home = new ClusterHome(cluster.Cluster.Home);
        await using var provider = new ServiceCollection().AddGranaryClient(o => o.Home = home.Path).BuildServiceProvider();
        var client = provider.GetRequiredService<GranaryClient>();
        Assert.Same(client, provider.GetRequiredService<GranaryClient>());
        await Assert.ThrowsAsync<ClusterUnreachableException>(() => client.ListSilosAsync(Now)); // nobody keeps a cluster up under this home yet

        // A process that was told this home, as the one behind `granary up` is; it ends with its input.
        using var supervisor = Process.Start(new ProcessStartInfo("sh", ["-c", "read line", "supervise", home.Path]) { RedirectStandardInput = true })!;
        home.Write(new ClusterRecord(cluster.Cluster.Id, Silos: 1, Joined: 1, supervisor.Id));
        Assert.Equal("silo-1", Assert.Single(await client.ListSilosAsync(Now)).Name);
        supervisor.StandardInput.Close();
        await supervisor.WaitForExitAsync(Now);
        home.Forget();
    }

    [Fact]
    public async Task A_client_that_was_never_asked_ends_without_a_cluster()
    {
        await using var provider = new ServiceCollection().AddGranaryClient(o => o.Home = cluster.Folder).BuildServiceProvider();
        var client = provider.GetRequiredService<GranaryClient>();
        client.Dispose();
        await Assert.ThrowsAnyAsync<ObjectDisposedException>(() => client.ListJobsAsync(Now));
    }
}
