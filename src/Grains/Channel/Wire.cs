using System.Net.Sockets;

namespace Granary.Grains.Channel;

/// <summary>
/// The bytes of one connection, as they are (<see cref="PlainWire"/>) or encrypted (<see cref="TlsWire"/>). It is spoken over first, by calls that wait,
/// by the thread that makes the connection; then <see cref="BeginFrames"/>, and frames go by calls that never wait, from the thread that computes.
/// </summary>
/// <param name="socket">Connected, and this wire's from now on.</param>
internal abstract unsafe class Wire(Socket socket) : IDisposable
{
    private const int BufferBytes = 4 << 20;

    /// <summary>The socket, for waiting on several at once.</summary>
    public Socket Socket { get; } = socket;

    /// <summary>Sends a short message, and waits until it is sent.</summary>
    public abstract void Say(ReadOnlySpan<byte> message);

    /// <summary>Waits for bytes and receives them. Returns how many; 0: the peer has closed.</summary>
    /// <exception cref="OperationCanceledException">None came in time.</exception>
    public abstract int Hear(Span<byte> buffer, CancellationToken cancellation);

    /// <summary>From now on calls do not wait.</summary>
    public virtual void BeginFrames()
    {
        Socket.Blocking = false;
        if (Socket.AddressFamily != AddressFamily.Unix)
        {
            Socket.NoDelay = true;
        }

        Socket.SendBufferSize = BufferBytes;
        Socket.ReceiveBufferSize = BufferBytes;
    }

    /// <summary>Sends from two runs of native memory, the second after the first. Returns how many bytes are on their way; where that is refused
    /// (<see cref="SocketError.WouldBlock"/>), the next call must begin with the same bytes.</summary>
    public abstract int Send(void* first, int firstLength, void* second, int secondLength, out SocketError error);

    /// <summary>Receives into two runs of native memory, the second after the first is full. Returns the bytes received; 0 without an error: the peer has closed.</summary>
    public abstract int Receive(void* first, int firstLength, void* second, int secondLength, out SocketError error);

    /// <inheritdoc/>
    public virtual void Dispose() => Socket.Dispose();
}
