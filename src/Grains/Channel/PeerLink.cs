using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Grains.Faults;

namespace Granary.Grains.Channel;

/// <summary>
/// One non-blocking connection to another member of a generation, driven by the thread that computes. Frames are sent
/// from, and received into, native memory without a copy. It owns no buffers but one header each way, so its memory is
/// bounded whatever the peer sends: a frame that is not expected now stays in the peer's kernel until it is.
/// </summary>
internal sealed unsafe class PeerLink : IDisposable
{
    private const int CoalesceBytes = 8 * 1024;

    private readonly Socket _socket;
    private readonly byte* _staging = (byte*)NativeMemory.AlignedAlloc(CoalesceBytes + FrameHeader.Size, 64);
    private readonly LinkFaults _faults;
    private readonly Queue<(FrameHeader Header, nint Payload, long Queued)> _outgoing = new();

    private FrameHeader _sending;
    private nint _sendPayload;
    private int _sent;
    private bool _staged;
    private bool _sendActive;

    private FrameHeader _receiving;
    private nint _receivePayload;
    private int _received;
    private bool _headerComplete;
    private bool _placed;
    private bool _closed;
    private long _departure;
    private byte* _damaged;

    public PeerLink(int peer, Socket socket, LinkFaults faults)
    {
        Peer = peer;
        _faults = faults;
        _socket = socket;
        _socket.Blocking = false;
        _socket.NoDelay = true;
        _socket.SendBufferSize = 4 << 20;
        _socket.ReceiveBufferSize = 4 << 20;
    }

    /// <summary>The member at the other end.</summary>
    public int Peer { get; }

    /// <summary>Payload bytes sent over this link, headers left out.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Whether anything waits to be sent.</summary>
    public bool HasOutgoing => _sendActive || _outgoing.Count > 0;

    /// <summary>Whether a frame of a later step waits: nothing can be received before this step is done.</summary>
    public bool Paused => _headerComplete && !_placed;

    /// <summary>Whether a scripted fault keeps it from sending or receiving just now.</summary>
    public bool Held => _faults.Any && (_faults.Drops || (_sendActive && Stopwatch.GetTimestamp() < _departure));

    /// <summary>Called when more is wanted of the peer. What it had sent before it closed the connection counts.</summary>
    /// <exception cref="ChannelException">It has closed the connection.</exception>
    public void MustBeOpen()
    {
        if (_closed)
        {
            throw new ChannelException(Peer, "it closed the connection");
        }
    }

    /// <summary>The socket, for waiting on several links at once.</summary>
    public Socket Socket => _socket;

    /// <summary>Queues a frame. The payload must stay as it is until it has been sent.</summary>
    public void Enqueue(FrameHeader header, void* payload)
    {
        header.Magic = FrameHeader.ExpectedMagic;
        _outgoing.Enqueue((header, (nint)payload, _faults.Any ? Stopwatch.GetTimestamp() : 0));
    }

    /// <summary>Sends what the socket takes now. Returns whether any byte went out.</summary>
    public bool TrySend()
    {
        var progress = false;
        while (true)
        {
            if (!_sendActive)
            {
                if (!_outgoing.TryDequeue(out var next))
                {
                    return progress;
                }

                Begin(next.Header, next.Payload);
                _departure = _faults.Any ? _faults.Departure(next.Queued, next.Header.Length) : 0;
            }

            if (_faults.Any && Held)
            {
                return progress;
            }

            while (_sent < FrameHeader.Size + _sending.Length)
            {
                var sent = _socket.Send(Unsent(), SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock)
                {
                    return progress;
                }

                if (error != SocketError.Success)
                {
                    throw new ChannelException(Peer, $"the connection broke while sending ({error})");
                }

                _sent += sent;
                progress = true;
            }

            BytesSent += _sending.Length;
            _sendActive = false;
        }
    }

    // The checksum is made here and not before: reading the payload once brings it near for the sending, too.
    private void Begin(FrameHeader header, nint payload)
    {
        header.Checksum = FrameHeader.Sum(header, new ReadOnlySpan<byte>((void*)payload, header.Length));
        _sending = header;
        _sendPayload = payload;
        _sent = 0;
        _sendActive = true;
        _staged = header.Length <= CoalesceBytes;
        Unsafe.WriteUnaligned(_staging, header);
        if (_staged)
        {
            Buffer.MemoryCopy((void*)payload, _staging + FrameHeader.Size, CoalesceBytes, header.Length);
        }

        if (_faults.Any && header.Length > 0 && _faults.Corrupts())
        {
            Damage();
        }
    }

    // One bit, on its way: what is in memory stays as it is.
    private void Damage()
    {
        if (!_staged)
        {
            NativeMemory.Free(_damaged);
            _damaged = (byte*)NativeMemory.Alloc((nuint)_sending.Length);
            Buffer.MemoryCopy((void*)_sendPayload, _damaged, _sending.Length, _sending.Length);
            _sendPayload = (nint)_damaged;
        }

        (_staged ? _staging + FrameHeader.Size : _damaged)[_sending.Length / 2] ^= 1;
    }

    private ReadOnlySpan<byte> Unsent()
    {
        var total = FrameHeader.Size + _sending.Length;
        if (_staged)
        {
            return new ReadOnlySpan<byte>(_staging + _sent, total - _sent);
        }

        return _sent < FrameHeader.Size
            ? new ReadOnlySpan<byte>(_staging + _sent, FrameHeader.Size - _sent)
            : new ReadOnlySpan<byte>((byte*)_sendPayload + (_sent - FrameHeader.Size), total - _sent);
    }

    /// <summary>Receives what is there now, up to <paramref name="frames"/> frames. Returns whether any byte came in.</summary>
    /// <param name="sink">Says where a frame goes and takes it once it is whole.</param>
    /// <param name="frames">At the most so many frames, so that no peer starves the others.</param>
    public bool TryReceive(IFrameSink sink, int frames)
    {
        var progress = false;
        while (frames > 0 && !(_faults.Any && _faults.Drops))
        {
            if (!_headerComplete)
            {
                var header = MemoryMarshal.AsBytes(new Span<FrameHeader>(ref _receiving));
                if (!Fill(header, FrameHeader.Size, ref progress))
                {
                    return progress;
                }

                _headerComplete = true;
                _received = 0;
                if (_receiving.Magic != FrameHeader.ExpectedMagic)
                {
                    throw new ChannelException(Peer, "it sent bytes that are no frame");
                }
            }

            if (!_placed)
            {
                var place = sink.Place(Peer, _receiving);
                if (place == 0)
                {
                    return progress; // of a later step: it waits in the kernel until this step is done
                }

                _receivePayload = place;
                _placed = true;
            }

            if (!Fill(new Span<byte>((void*)_receivePayload, _receiving.Length), _receiving.Length, ref progress))
            {
                return progress;
            }

            if (FrameHeader.Sum(_receiving, new ReadOnlySpan<byte>((void*)_receivePayload, _receiving.Length)) != _receiving.Checksum)
            {
                throw new ChannelException(
                    Peer, $"a chunk arrived damaged (step {_receiving.Step}, block {_receiving.Block}): its checksum does not fit");
            }

            _headerComplete = _placed = false;
            _received = 0;
            frames--;
            sink.Arrived(Peer, _receiving);
        }

        return progress;
    }

    private bool Fill(Span<byte> target, int length, ref bool progress)
    {
        while (_received < length)
        {
            var got = _socket.Receive(target[_received..length], SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return false;
            }

            if (error != SocketError.Success)
            {
                throw new ChannelException(Peer, $"the connection broke while receiving ({error})");
            }

            if (got == 0)
            {
                _closed = true;
                return false;
            }

            _received += got;
            progress = true;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.AlignedFree(_staging);
        NativeMemory.Free(_damaged);
    }
}

/// <summary>Decides where received frames go.</summary>
internal interface IFrameSink
{
    /// <summary>Where the payload of a frame belongs; 0 when its step has not begun here.</summary>
    /// <exception cref="ChannelException">The frame cannot be right.</exception>
    nint Place(int peer, in FrameHeader header);

    /// <summary>Takes note of a whole frame.</summary>
    void Arrived(int peer, in FrameHeader header);
}
