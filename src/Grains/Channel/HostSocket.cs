using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Granary.Grains.Channel;

/// <summary>
/// Between processes of one host a Unix socket carries the tensors: the same bytes without TCP's packets, acknowledgements and windows.
/// A tensor port at 127.0.0.1:7000 can be dialled at a name made of just that, too. Such a name is Linux's abstract kind: it belongs to a
/// network namespace as the port does, leaves no file behind, and ends with its process. Dialling the name of an
/// address on another host fails at once, without a packet, and the port is dialled instead.
/// </summary>
internal static partial class HostSocket
{
    private const string Prefix = "\0granary-tensors/";
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PeerCredentials = 17; // SO_PEERCRED

    /// <summary>Listens under the name of a tensor port; null: there are no such names here, or it is taken, and there is the port alone.</summary>
    public static Socket? Listen(IPEndPoint port, int backlog)
    {
        Socket? socket = null;
        try
        {
            socket = Open();
            socket?.Bind(Name(port));
            socket?.Listen(backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket?.Dispose();
            return null;
        }
    }

    /// <summary>Connects to the tensor port of a process of this host; null: none of this user's or root's listens under its name.</summary>
    public static Socket? Dial(IPEndPoint port)
    {
        Socket? socket = null;
        try
        {
            socket = Open();
            if (socket is null)
            {
                return null;
            }

            socket.Blocking = false; // a process that does not accept just now is left to the port, where waiting has an end
            socket.Connect(Name(port));
            socket.Blocking = true;
            if (IsOurs(socket))
            {
                return socket;
            }
        }
        catch (SocketException)
        {
            // No listener under this name.
        }

        socket?.Dispose();
        return null;
    }

    /// <summary>Whether the process at the other end is of this process's user, or root's: anybody may take a name, or dial one.</summary>
    public static bool IsOurs(Socket socket)
    {
        Span<int> credentials = stackalloc int[3]; // struct ucred: process, user, group
        _ = socket.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials));
        return credentials[1] == 0 || credentials[1] == (int)EffectiveUser();
    }

    private static Socket? Open() => OperatingSystem.IsLinux() ? new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : null;

    // An address of IPv4 is the same whether or not it came by a socket that speaks both.
    private static UnixDomainSocketEndPoint Name(IPEndPoint port) => new(Prefix + (port.Address.IsIPv4MappedToIPv6
        ? new IPEndPoint(port.Address.MapToIPv4(), port.Port) : port));

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
