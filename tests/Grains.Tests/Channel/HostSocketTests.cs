using System.Diagnostics;
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

    [Fact]
    public async Task A_process_of_another_user_is_turned_away()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.UserName == "root" && File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/python3"),
            "Root alone can be another user, by setpriv; and python3 is needed.");
        using var log = new RecordedLog();
        using var listener = new TensorListener(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", log.CreateLogger("Granary.Test"));
        var dial = $"import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(60); s.connect('\\0granary-tensors/127.0.0.1:{listener.EndPoint.Port}'); print(len(s.recv(1)))";
        foreach (var (user, reason) in new[] { ("65534", "its user is neither this silo's nor root"), ("0", "it said nothing") })
        {
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/setpriv", ["--reuid", user, "--clear-groups", "/usr/bin/python3", "-c", dial]) { RedirectStandardOutput = true })!;
            Assert.Equal("0", (await process.StandardOutput.ReadToEndAsync()).Trim());
            await process.WaitForExitAsync();
            Assert.StartsWith($"Refused a connection to the tensor port from a process of this host: {reason} (", log.Lines[^1].Message);
        }
    }

    private static TensorListener Listener(bool tcpAlone) => new(new IPEndPoint(IPAddress.Loopback, 0), "c", "p", NullLogger.Instance, tcpAlone);
}
