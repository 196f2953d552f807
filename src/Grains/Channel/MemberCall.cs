using System.Net;
using System.Net.Sockets;
using Granary.Contracts.Certificates;
using Granary.Grains.Faults;

namespace Granary.Grains.Channel;

/// <summary>Connects to a member of a generation: over a <see cref="HostSocket"/> where it is on this host, else over TCP, encrypted where there are certificates.</summary>
internal static class MemberCall
{
    private const int WaitMicroseconds = 20_000;

    /// <summary>Connects, on a thread of its own (see <see cref="SocketWait"/>).</summary>
    /// <param name="handshake">Who calls, and whom.</param>
    /// <param name="endpoint">Where that member listens.</param>
    /// <param name="faults">Faults injected into this connection.</param>
    /// <param name="certificates">What this silo shows; null: it does not encrypt.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ChannelException">The member cannot be reached, or refuses.</exception>
    public static Task<PeerLink> Begin(Handshake handshake, IPEndPoint endpoint, LinkFaults faults, ClusterCertificates? certificates, CancellationToken cancellation) =>
        Task.Factory.StartNew(
            () => Now(handshake, endpoint, faults, certificates, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static PeerLink Now(Handshake handshake, IPEndPoint endpoint, LinkFaults faults, ClusterCertificates? certificates, CancellationToken cancellation)
    {
        faults.UntilPasses(cancellation);
        var onHost = HostSocket.Dial(endpoint);
        var socket = onHost ?? new Socket(SocketType.Stream, ProtocolType.Tcp);
        Wire? wire = null;
        try
        {
            if (onHost is null)
            {
                Connect(socket, endpoint, cancellation);
            }

            wire = onHost is null && certificates is not null ? TlsWire.Call(socket, certificates, cancellation) : new PlainWire(socket);
            handshake.Offer(wire, cancellation);
            return new PeerLink(handshake.To, wire, faults);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Close(wire, socket);
            throw new ChannelException(handshake.To, $"{endpoint} could not be reached: {e.Message}");
        }
        catch
        {
            Close(wire, socket);
            throw;
        }
    }

    private static void Close(Wire? wire, Socket socket)
    {
        wire?.Dispose();
        socket.Dispose();
    }

    // Not for longer than the caller waits, however long the kernel would.
    private static void Connect(Socket socket, IPEndPoint endpoint, CancellationToken cancellation)
    {
        LoopbackPace.Disable(socket, endpoint.Address);
        socket.Blocking = false;
        try
        {
            socket.Connect(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            while (!socket.Poll(WaitMicroseconds, SelectMode.SelectWrite))
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != 0)
            {
                throw new SocketException(error);
            }
        }

        socket.Blocking = true;
    }
}
