using System.Net.Sockets;

namespace Granary.Grains.Channel;

/// <summary>Waits for a blocking socket no longer than somebody wants to wait. Never asynchronously: a socket that has once been waited for so
/// wakes .NET's socket thread, and a thread of the pool, for every packet from then on.</summary>
internal static class SocketWait
{
    private const int PollMicroseconds = 20_000;

    /// <summary>Returns when something can be received, or the peer has closed.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled first.</exception>
    public static void ForData(Socket socket, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (!socket.Poll(PollMicroseconds, SelectMode.SelectRead))
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
