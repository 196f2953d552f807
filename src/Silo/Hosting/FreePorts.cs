using System.Net;
using System.Net.Sockets;

namespace Granary.Silo.Hosting;

/// <summary>Finds free ports and holds on to them until the silo binds them itself.</summary>
internal sealed class FreePorts : IDisposable
{
    private readonly List<Socket> _held = [];

    /// <summary>The port itself, or any free one for 0.</summary>
    public int Take(IPAddress address, int port)
    {
        if (port != 0)
        {
            return port;
        }

        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        _held.Add(socket);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Lets go of all of them.</summary>
    public void Release()
    {
        foreach (var socket in _held)
        {
            socket.Dispose();
        }

        _held.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => Release();
}
