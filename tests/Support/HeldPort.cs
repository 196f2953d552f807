using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Granary.Testing;

/// <summary>A port of the loopback for a test's server, which nobody else gets until this is disposed: neither before the server listens nor while it is down.</summary>
/// <remarks>It is bound, and not listened at, so that connections to it are refused until the server listens. Linux assigns such a port to nobody who asks for any,
/// and to no connection that goes out; a server that names it, and allows reuse as nearly all do, gets it all the same.</remarks>
internal sealed class HeldPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public HeldPort()
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    public int Number { get; }

    /// <summary>What it is called in addresses.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Number}");

    public void Dispose() => _socket.Dispose();
}
