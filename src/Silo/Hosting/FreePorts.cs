using System.Net;
using System.Net.Sockets;

namespace Granary.Silo.Hosting;

/// <summary>Finds free ports and keeps other processes from taking them until the silo has bound them.</summary>
/// <remarks>A port that is held is bound, but not listened at. Linux does not assign such a port to a socket that asks for any, nor to a connection
/// that goes out, and yet lets a second socket bind it that names it and, as .NET's sockets do, allows reuse. Where the system
/// does not, a port is released before the silo binds it, and another process may take it in between.</remarks>
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

    /// <summary>To be called just before the silo binds them.</summary>
    public void BeforeBinding()
    {
        if (!OperatingSystem.IsLinux())
        {
            Dispose();
        }
    }

    /// <summary>Lets go of all of them.</summary>
    public void Dispose()
    {
        foreach (var socket in _held)
        {
            socket.Dispose();
        }

        _held.Clear();
    }
}
