using System.Net;
using System.Net.Sockets;

namespace Granary.Sdk.Local;

/// <summary>A port of the loopback that stays ours while silos come and go. It is bound, but not listened at: Linux then gives it to nobody who
/// asks for any port, and yet lets silos bind it that name it. Where the system does not, silos find it free and take it one after the other.</summary>
internal sealed class HeldPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <param name="port">The port; 0: any free one.</param>
    /// <exception cref="LocalClusterException">Another process has it, or it cannot be used.</exception>
    public HeldPort(int port)
    {
        try
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new LocalClusterException($"--ui-port is {port}, which cannot be used: {e.Message}. Name another one, or 0 for any that is free.");
        }

        if (!OperatingSystem.IsLinux())
        {
            _socket.Dispose();
        }
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Lets go of it.</summary>
    public void Dispose() => _socket.Dispose();
}
