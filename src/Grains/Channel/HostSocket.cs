using System.Net;
using System.Net.Sockets;

namespace Granary.Grains.Channel;

/// <summary>
/// Between processes of one host a Unix socket carries the tensors: the same bytes without TCP's packets, acknowledgements and windows.
/// A tensor port at 127.0.0.1:7000 can be dialled at a name made of just that, too. Such a name is Linux's abstract kind: it belongs to a
/// network namespace as the port does, leaves no file behind, and ends with its process. So whoever dials an address that is not of
/// this host finds nobody under the name, at once and without a packet, and dials the port.
/// </summary>
internal static class HostSocket
{
    private const string Prefix = "\0granary-tensors/";

    /// <summary>Listens under the name of a tensor port; null: there are no such names here, or it is taken, and there is the port alone.</summary>
    public static Socket? Listen(IPEndPoint port, int backlog)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var socket = Open();
        try
        {
            socket.Bind(Name(port));
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Connects to the tensor port of a process of this host; null: none listens under its name.</summary>
    public static Socket? Dial(IPEndPoint port)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var socket = Open();
        try
        {
            socket.Blocking = false; // a process that does not accept just now is left to the port, where waiting has an end
            socket.Connect(Name(port));
            socket.Blocking = true;
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static Socket Open() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    // An address of IPv4 is the same whether or not it came by a socket that speaks both.
    private static UnixDomainSocketEndPoint Name(IPEndPoint port) => new(Prefix + (port.Address.IsIPv4MappedToIPv6
        ? new IPEndPoint(port.Address.MapToIPv4(), port.Port) : port));
}
