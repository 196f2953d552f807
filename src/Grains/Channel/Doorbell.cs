using System.Net;
using System.Net.Sockets;

namespace Granary.Grains.Channel;

/// <summary>Wakes a thread that waits for sockets: a socket that is connected to itself, so that it is waited for like the others and
/// nobody else can ring it.</summary>
internal sealed class Doorbell : IDisposable
{
    private static readonly byte[] Ding = [1];

    private readonly byte[] _heard = new byte[1];

    /// <exception cref="SocketException">There are no such sockets here.</exception>
    public Doorbell()
    {
        try
        {
            Socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Socket.Connect(Socket.LocalEndPoint!);
            Socket.Blocking = false;
        }
        catch
        {
            Socket.Dispose();
            throw;
        }
    }

    /// <summary>Readable when it has been rung.</summary>
    public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Wakes whoever waits, now or the next time. A bell that still rings needs no second ring.</summary>
    public void Ring() => Socket.Send(Ding, SocketFlags.None, out _);

    /// <summary>Ends the ringing.</summary>
    public void Quiet()
    {
        while (Socket.Receive(_heard, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
