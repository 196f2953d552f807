using System.Net.Sockets;
using Granary.Grains.Faults;

namespace Granary.Grains.Channel;

/// <summary>
/// One non-blocking connection to another member of a generation, driven by the thread that computes, or one beside it. Frames are sent
/// from, and received into, native memory without a copy, but small ones. It owns no buffers but a few KB each way, so its memory is
/// bounded whatever the peer sends: a frame that is not expected now stays in the peer's kernel until it is.
/// </summary>
internal sealed unsafe class PeerLink : IDisposable
{
    private readonly LinkFaults _faults;
    private readonly Wire _wire;
    private readonly FrameSender _sender;
    private readonly FrameReceiver _receiver;

    /// <param name="peer">Rank of the member at the other end.</param>
    /// <param name="wire">Spoken over, and this link's from now on.</param>
    /// <param name="faults">Faults injected into this connection.</param>
    public PeerLink(int peer, Wire wire, LinkFaults faults)
    {
        (Peer, _wire, _faults) = (peer, wire, faults);
        wire.BeginFrames();
        _sender = new FrameSender(peer, wire, faults);
        _receiver = new FrameReceiver(peer, wire, faults);
    }

    /// <summary>Rank of the member at the other end.</summary>
    public int Peer { get; }

    /// <summary>The socket, for waiting on several links at once.</summary>
    public Socket Socket => _wire.Socket;

    /// <summary>Payload bytes sent over this link, headers left out.</summary>
    public long BytesSent => _sender.BytesSent;

    /// <summary>Frames begun so far.</summary>
    public long FramesSent => _sender.FramesSent;

    /// <summary>Whether anything waits to be sent.</summary>
    public bool HasOutgoing => _sender.HasOutgoing;

    /// <inheritdoc cref="FrameReceiver.IsReceiving"/>
    public bool IsReceiving => _receiver.IsReceiving && !_receiver.Paused;

    /// <summary>Whether a frame of a later step waits: nothing can be received before this step is done.</summary>
    public bool Paused => _receiver.Paused;

    /// <summary>Whether an injected fault keeps it from sending or receiving just now.</summary>
    public bool Held => _faults.Any && (_faults.Drops || _sender.Held);

    /// <summary>Called when more is wanted of the peer. What it had sent before it closed the connection counts.</summary>
    /// <exception cref="ChannelException">It has closed the connection.</exception>
    public void MustBeOpen()
    {
        if (_receiver.Closed)
        {
            throw new ChannelException(Peer, "it closed the connection");
        }
    }

    /// <inheritdoc cref="FrameSender.Enqueue"/>
    public void Enqueue(in FrameHeader header, void* payload) => _sender.Enqueue(header, payload);

    /// <inheritdoc cref="FrameSender.TrySend"/>
    public bool TrySend(int frames) => _sender.TrySend(frames);

    /// <inheritdoc cref="FrameReceiver.TryReceive"/>
    public bool TryReceive(IFrameSink sink, int frames) => _receiver.TryReceive(sink, frames);

    /// <inheritdoc/>
    public void Dispose()
    {
        _wire.Dispose();
        _sender.Dispose();
        _receiver.Dispose();
    }
}
