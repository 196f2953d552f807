using System.Net;
using System.Net.Sockets;
using Granary.Grains.Channel;
using Granary.Grains.Faults;
using Microsoft.Extensions.Logging.Abstractions;

namespace Granary.Grains.Tests;

/// <summary>How members of one host find each other.</summary>
public class HostSocketTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Members_of_one_host_meet_over_a_Unix_socket_unless_told_not_to(bool tcpAlone)
    {
        using var lower = Listener(tcpAlone);
        using var higher = Listener(tcpAlone);
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var meshes = await Task.WhenAll(new[] { lower, higher }.Select((l, m) => PeerMesh.Connect(
            l, new Handshake("c", "j", 1, m, 0, "p"), [lower.EndPoint, higher.EndPoint], new SiloFaults(TimeProvider.System), time.Token)));
        var families = meshes.SelectMany(m => m.Links).Select(l => l.Socket.AddressFamily).ToArray();
        Array.ForEach(meshes, m => m.Dispose());
        Assert.Equal(2, families.Length);
        Assert.All(families, f => Assert.Equal(OperatingSystem.IsLinux() && !tcpAlone, f == AddressFamily.Unix));
    }

    [Fact]
    public void Nobody_is_found_under_the_name_of_a_port_of_another_address_or_of_one_that_has_gone()
    {
        var listener = Listener(tcpAlone: false);
        var port = listener.EndPoint.Port;
        using (var there = HostSocket.Dial(new IPEndPoint(IPAddress.Loopback, port)))
        {
            Assert.Equal(OperatingSystem.IsLinux(), there is not null);
        }

        Assert.Null(HostSocket.Dial(new IPEndPoint(IPAddress.Parse("192.0.2.1"), port)));
        listener.Dispose();
        Assert.Null(HostSocket.Dial(new IPEndPoint(IPAddress.Loopback, port)));
    }

    [Fact]
    public void A_name_that_is_taken_leaves_the_port()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There are no such names but on Linux.");
        using var listener = Listener(tcpAlone: false);
        Assert.Null(HostSocket.Listen(listener.EndPoint, 1));
    }

    private static TensorListener Listener(bool tcpAlone) => new(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", NullLogger.Instance, tcpAlone);
}
