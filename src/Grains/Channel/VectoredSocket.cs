using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Granary.Grains.Channel;

/// <summary>Two runs of native memory in one call of a non-blocking socket, which .NET offers for arrays only. Without it a header goes
/// out as a packet of its own, and a payload and the header after it come in by two calls.</summary>
internal static unsafe partial class VectoredSocket
{
    private const int Again = 11; // EAGAIN
    private const int Interrupted = 4; // EINTR

    private static readonly bool Native = OperatingSystem.IsLinux();

    /// <summary>Sends from two runs, the second after the first. Returns how many bytes the socket took.</summary>
    public static int Send(Socket socket, void* first, int firstLength, void* second, int secondLength, out SocketError error)
    {
        if (!Native || firstLength == 0 || secondLength == 0)
        {
            return socket.Send(firstLength > 0 ? new ReadOnlySpan<byte>(first, firstLength) : new ReadOnlySpan<byte>(second, secondLength), SocketFlags.None, out error);
        }

        var runs = stackalloc Run[] { new Run(first, firstLength), new Run(second, secondLength) };
        return Outcome(Writev((int)socket.Handle, runs, 2), out error);
    }

    /// <summary>Receives into two runs, the second after the first is full. Returns the bytes received; 0: the peer has closed.</summary>
    public static int Receive(Socket socket, void* first, int firstLength, void* second, int secondLength, out SocketError error)
    {
        if (!Native)
        {
            return socket.Receive(new Span<byte>(first, firstLength), SocketFlags.None, out error);
        }

        var runs = stackalloc Run[] { new Run(first, firstLength), new Run(second, secondLength) };
        return Outcome(Readv((int)socket.Handle, runs, 2), out error);
    }

    private static int Outcome(nint moved, out SocketError error)
    {
        error = moved >= 0 ? SocketError.Success
            : Marshal.GetLastPInvokeError() is Again or Interrupted ? SocketError.WouldBlock : SocketError.ConnectionReset;
        return (int)moved;
    }

    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    private static partial nint Writev(int socket, Run* runs, int count);

    [LibraryImport("libc", EntryPoint = "readv", SetLastError = true)]
    private static partial nint Readv(int socket, Run* runs, int count);

    // struct iovec
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Run(void* start, int length)
    {
        private readonly void* _start = start;
        private readonly nuint _length = (nuint)length;
    }
}
