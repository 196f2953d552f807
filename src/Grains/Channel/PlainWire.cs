using System.Net.Sockets;

namespace Granary.Grains.Channel;

/// <summary>A connection whose bytes go as they are: within a host, or where a cluster has no certificates.</summary>
/// <param name="socket">Connected.</param>
internal sealed unsafe class PlainWire(Socket socket) : Wire(socket)
{
    /// <inheritdoc/>
    public override void Say(ReadOnlySpan<byte> message) => Socket.Send(message);

    /// <inheritdoc/>
    public override int Hear(Span<byte> buffer, CancellationToken cancellation)
    {
        SocketWait.ForData(Socket, cancellation);
        return Socket.Receive(buffer);
    }

    /// <inheritdoc/>
    public override int Send(void* first, int firstLength, void* second, int secondLength, out SocketError error) =>
        VectoredSocket.Send(Socket, first, firstLength, second, secondLength, out error);

    /// <inheritdoc/>
    public override int Receive(void* first, int firstLength, void* second, int secondLength, out SocketError error) => secondLength == 0
        ? Socket.Receive(new Span<byte>(first, firstLength), SocketFlags.None, out error)
        : VectoredSocket.Receive(Socket, first, firstLength, second, secondLength, out error);
}
