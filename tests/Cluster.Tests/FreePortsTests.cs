using System.Net;
using System.Net.Sockets;
using Granary.Silo.Hosting;

namespace Granary.Cluster.Tests;

/// <summary>The ports of a silo that starts.</summary>
public sealed class FreePortsTests
{
    // The second binding that names the port is what Orleans does while the port is held.
    [Fact]
    public async Task A_port_that_is_held_is_the_silos_to_bind_and_given_to_nobody_who_asks_for_any()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere ports are let go of before they are bound");
        using var ports = new FreePorts();
        var port = ports.Take(IPAddress.Loopback, 0);
        Assert.Equal(4711, ports.Take(IPAddress.Loopback, 4711));
        ports.BeforeBinding();
        var others = new List<Socket>();
        try
        {
            for (var i = 0; i < 500; i++)
            {
                others.Add(Bound(0));
            }

            Assert.DoesNotContain(port, others.Select(o => ((IPEndPoint)o.LocalEndPoint!).Port));
            using var listener = Bound(port);
            listener.Listen();
            ports.Dispose();
            using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await caller.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            using var called = await listener.AcceptAsync(TestContext.Current.CancellationToken);
            Assert.Equal(caller.LocalEndPoint!.ToString(), called.RemoteEndPoint!.ToString());
        }
        finally
        {
            others.ForEach(o => o.Dispose());
        }
    }

    private static Socket Bound(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }
}
