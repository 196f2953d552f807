using System.Net;
using System.Net.Sockets;

namespace Granary.Grains.Channel;

/// <summary>
/// Between processes of one host nothing can be congested: what a system's congestion control does there only costs time. BBR paces:
/// it has a timer send every few segments, which doubled an exchange of a megabyte. Reno does not, and every Linux has it.
/// </summary>
/// <remarks>To be asked for before the connection is made: one that has been paced once goes on being so. Connections between hosts
/// keep the system's choice.</remarks>
internal static class LoopbackPace
{
    private const int Tcp = 6; // IPPROTO_TCP
    private const int Congestion = 13; // TCP_CONGESTION

    /// <summary>Turns pacing off for a socket that is about to dial, or to listen on, a loopback address.</summary>
    public static void Disable(Socket socket, IPAddress address)
    {
        if (!OperatingSystem.IsLinux() || !IPAddress.IsLoopback(address))
        {
            return;
        }

        try
        {
            socket.SetRawSocketOption(Tcp, Congestion, "reno"u8);
        }
        catch (SocketException)
        {
            // Not permitted here: slower, but correct.
        }
    }
}
