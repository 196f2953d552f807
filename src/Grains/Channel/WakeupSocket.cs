using System.Net;
using System.Net.Sockets;

namespace Granary.Grains.Channel;

/// <summary>Wakes a thread that waits for sockets. It is a UDP socket connected to itself, so that it is waited for like the other
/// sockets and no other process can wake the thread.</summary>
internal sealed class WakeupSocket : IDisposable
{
    private static readonly byte[] Signal = [1];

    private readonly byte[] _received = new byte[1];

    /// <exception cref="SocketException">There are no such sockets here.</exception>
    public WakeupSocket()
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

    /// <summary>Readable when it has been signalled.</summary>
    public Socket Socket { get; } = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>Wakes the waiting thread, now or the next time that it waits. Further signals before that change nothing.</summary>
    public void Wake() => Socket.Send(Signal, SocketFlags.None, out _);

    /// <summary>Takes all signals out again.</summary>
    public void Clear()
    {
        while (Socket.Receive(_received, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
