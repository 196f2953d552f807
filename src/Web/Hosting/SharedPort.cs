using System.Net;
using System.Net.Sockets;

namespace Granary.Web.Hosting;

/// <summary>A port at which several processes of one user listen. Linux gives each new connection to one of those that live, so an address
/// outlives the process that was started first.</summary>
internal static class SharedPort
{
    // <asm-generic/socket.h>
    private const int SocketLevel = 1;
    private const int ReusePort = 15;

    /// <summary>A socket that is bound, and does not listen yet.</summary>
    /// <param name="place">Address and port.</param>
    /// <param name="isShared">Whether others may listen there too.</param>
    /// <exception cref="SocketException">The port is somebody else's.</exception>
    public static Socket Bind(IPEndPoint place, bool isShared)
    {
        var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (place.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true; // any address: IPv4's too
            }

            if (isShared && OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
            }

            socket.Bind(place);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
