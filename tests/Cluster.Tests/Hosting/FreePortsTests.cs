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
        Assert.Equal(SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => BoundToAny(among: port)).SocketErrorCode);
        using (var listener = Bound(port))
        {
            listener.Listen();
            ports.Dispose();
            using var caller = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await caller.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
            using var called = await listener.AcceptAsync(TestContext.Current.CancellationToken);
            Assert.Equal(caller.LocalEndPoint!.ToString(), called.RemoteEndPoint!.ToString());
        }
    }

    [Fact]
    public void A_port_that_is_let_go_of_is_anybodys()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "asks as only Linux can be asked");
        using var ports = new FreePorts();
        var port = ports.Take(IPAddress.Loopback, 0);
        ports.Dispose();
        using var anybody = BoundToAny(among: port);
        Assert.Equal(port, ((IPEndPoint)anybody.LocalEndPoint!).Port);
    }

    private static Socket Bound(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    // Asks for any free port, where the system may give this one alone: what it gives by chance elsewhere is certain here.
    private static Socket BoundToAny(int among)
    {
        const int Ip = 0, LocalPortRange = 51; // IPPROTO_IP, IP_LOCAL_PORT_RANGE: highest port << 16 | lowest port
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetRawSocketOption(Ip, LocalPortRange, BitConverter.GetBytes(((uint)among << 16) | (uint)among));
        }
        catch (SocketException)
        {
            Assert.Skip("a kernel before Linux 6.3 cannot be asked for a port of a range");
        }

        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }
}
