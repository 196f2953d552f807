using System.Net;
using System.Net.Sockets;
using Granary.Sdk.Connecting;

namespace Granary.Sdk.Tests.Connecting;

/// <summary>The store in which commands find the silos does not answer: it is that one that is named, and not the silos.</summary>
public sealed class StoreAwayTests
{
    private static async Task<string> Error(ClusterAddress address, double patience = 1) =>
        (await Assert.ThrowsAsync<ClusterUnreachableException>(() => GranaryClient.Connect(address, TestContext.Current.CancellationToken, TimeSpan.FromSeconds(patience)))).Message;

    [Theory]
    [InlineData(false)] // nothing listens there
    [InlineData(true)] // something does, and says nothing
    public async Task Redis_is_named(bool listens)
    {
        using var port = new HeldPort();
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (listens)
        {
            silent.Bind(new IPEndPoint(IPAddress.Loopback, port.Number));
            silent.Listen();
        }

        var error = await Error(new ClusterAddress("test", null, port.Address + ",password=secret"));
        Assert.StartsWith($"the Redis at {port.Address}, in which commands find the silos of the cluster 'test', cannot be asked: ", error);
        Assert.DoesNotContain("secret", error);
    }

    // Whether this client's patience ends first, or that of the database's own client.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(60, 1)]
    public async Task PostgreSQL_is_named(double patience, int timeout)
    {
        using var port = new HeldPort();
        using var silent = new Socket(SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, port.Number));
        silent.Listen();
        var error = await Error(new ClusterAddress("test", null, null, Postgres: $"Host=127.0.0.1;Port={port.Number};Username=a;Password=secret;Timeout={timeout}"), patience);
        Assert.StartsWith($"the PostgreSQL database at {port.Address}, in which commands find the silos of the cluster 'test', cannot be asked: ", error);
        Assert.DoesNotContain("secret", error);
    }

    [Fact]
    public async Task A_database_whose_host_has_no_address_is_named() => Assert.StartsWith(
        "the PostgreSQL database at nobody.invalid:5432, in which commands find the silos of the cluster 'test', cannot be asked: ",
        await Error(new ClusterAddress("test", null, null, Postgres: "Host=nobody.invalid;Username=a"), 60));
}
