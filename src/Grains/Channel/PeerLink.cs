using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Grains.Faults;

namespace Granary.Grains.Channel;

/// <summary>
/// One non-blocking connection to another member of a generation, driven by the thread that computes, or one beside it. Frames are sent
/// from, and received into, native memory without a copy, but small ones. It owns no buffers but a few KB each way, so its memory is
/// bounded whatever the peer sends: a frame that is not expected now stays in the peer's kernel until it is.
/// </summary>
internal sealed unsafe class PeerLink : IDisposable
{
    private const int CoalesceBytes = 8 * 1024;

    // What may be received beyond a frame: small frames come in whole, several of them, by one call.
    private const int AheadBytes = 2 * 1024;

    private readonly Socket _socket;
    private readonly byte* _staging = (byte*)NativeMemory.AlignedAlloc(CoalesceBytes + FrameHeader.Size, 64);
    private readonly byte* _ahead = (byte*)NativeMemory.AlignedAlloc(AheadBytes, 64);
    private readonly LinkFaults _faults;
    private readonly Queue<(FrameHeader Header, nint Payload, long Queued)> _outgoing = new();

    // What is being sent: the staged bytes, and then a payload that is too large to be staged.
    private int _stagedLength;
    private nint _sendPayload;
    private int _sendLength;
    private int _sent;
    private long _payloadBytes;
    private bool _sendActive;

    private FrameHeader _receiving;
    private nint _receivePayload;
    private int _received;
    private int _aheadAt;
    private int _aheadEnd;
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
        if (_socket.AddressFamily != AddressFamily.Unix)
        {
            _socket.NoDelay = true;
        }

        _socket.SendBufferSize = 4 << 20;
        _socket.ReceiveBufferSize = 4 << 20;
    }

    /// <summary>The member at the other end.</summary>
    public int Peer { get; }

    /// <summary>Payload bytes sent over this link, headers left out.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Frames begun so far.</summary>
    public long FramesSent { get; private set; }

    /// <summary>Whether anything waits to be sent.</summary>
    public bool HasOutgoing => _sendActive || _outgoing.Count > 0;

    /// <summary>Whether a frame of a later step waits: nothing can be received before this step is done.</summary>
    public bool Paused => _headerComplete && !_placed;

    /// <summary>Whether an injected fault keeps it from sending or receiving just now.</summary>
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
    /// <param name="frames">Begins so many at the most, small ones that go together being one: what waits in the kernel should still
    /// be in a cache when it is taken out there.</param>
    public bool TrySend(int frames)
    {
        var progress = false;
        while (true)
        {
            if (!_sendActive)
            {
                if (frames-- == 0 || !_outgoing.TryDequeue(out var next))
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

            while (_sent < _stagedLength + _sendLength)
            {
                var staged = Math.Max(0, _stagedLength - _sent);
                var after = Math.Max(0, _sent - _stagedLength);
                var sent = VectoredSocket.Send(_socket, _staging + _sent, staged, (byte*)_sendPayload + after, _sendLength - after, out var error);
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

            BytesSent += _payloadBytes;
            _sendActive = false;
        }
    }

    // Small frames that wait go out together: each call is worth many of them.
    private void Begin(FrameHeader header, nint payload)
    {
        (_stagedLength, _sendLength, _sent, _payloadBytes) = (0, 0, 0, 0);
        _sendActive = true;
        Stage(header, payload);
        while (_sendLength == 0 && !_faults.Any && _outgoing.TryPeek(out var next) && Fits(next.Header))
        {
            _outgoing.Dequeue();
            Stage(next.Header, next.Payload);
        }
    }

    private bool Fits(in FrameHeader header) => _stagedLength + FrameHeader.Size + header.Length <= CoalesceBytes;

    // The checksum is made here and not before: reading the payload once brings it near for the sending, too.
    private void Stage(FrameHeader header, nint payload)
    {
        FramesSent++;
        header.Checksum = FrameChecksum.Of(header, new ReadOnlySpan<byte>((void*)payload, header.Length));
        var whole = Fits(header);
        Unsafe.WriteUnaligned(_staging + _stagedLength, header);
        _stagedLength += FrameHeader.Size;
        _payloadBytes += header.Length;
        if (whole)
        {
            Buffer.MemoryCopy((void*)payload, _staging + _stagedLength, CoalesceBytes, header.Length);
            _stagedLength += header.Length;
        }
        else
        {
            (_sendPayload, _sendLength) = (payload, header.Length);
        }

        if (_faults.Any && header.Length > 0 && _faults.Corrupts())
        {
            Damage(header.Length);
        }
    }

    // One bit, on its way: what is in memory stays as it is.
    private void Damage(int length)
    {
        if (_sendLength > 0)
        {
            NativeMemory.Free(_damaged);
            _damaged = (byte*)NativeMemory.Alloc((nuint)length);
            Buffer.MemoryCopy((void*)_sendPayload, _damaged, length, length);
            _sendPayload = (nint)_damaged;
        }

        (_sendLength > 0 ? _damaged : _staging + _stagedLength - length)[length / 2] ^= 1;
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
                if (!FillAhead(ref progress))
                {
                    return progress;
                }

                _receiving = Unsafe.ReadUnaligned<FrameHeader>(_ahead + _aheadAt);
                _aheadAt += FrameHeader.Size;
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

            if (!FillPayload(ref progress))
            {
                return progress;
            }

            if (FrameChecksum.Of(_receiving, new ReadOnlySpan<byte>((void*)_receivePayload, _receiving.Length)) != _receiving.Checksum)
            {
                throw new ChannelException(
                    Peer, $"a chunk arrived damaged (step {_receiving.Step}, block {_receiving.Block}): its checksum does not fit");
            }

            _headerComplete = _placed = false;
            _received = 0;
            frames--;
            progress = true; // even where all of it had been here already
            sink.Arrived(Peer, _receiving);
        }

        return progress;
    }

    // A header, and what has come after it.
    private bool FillAhead(ref bool progress)
    {
        while (_aheadEnd - _aheadAt < FrameHeader.Size)
        {
            if (_aheadAt > 0)
            {
                Buffer.MemoryCopy(_ahead + _aheadAt, _ahead, AheadBytes, _aheadEnd - _aheadAt);
                (_aheadAt, _aheadEnd) = (0, _aheadEnd - _aheadAt);
            }

            var got = _socket.Receive(new Span<byte>(_ahead + _aheadEnd, AheadBytes - _aheadEnd), SocketFlags.None, out var error);
            if (!Took(got, error))
            {
                return false;
            }

            _aheadEnd += got;
            progress = true;
        }

        return true;
    }

    private bool FillPayload(ref bool progress)
    {
        var here = Math.Min(_receiving.Length - _received, _aheadEnd - _aheadAt);
        Buffer.MemoryCopy(_ahead + _aheadAt, (byte*)_receivePayload + _received, here, here);
        _received += here;
        _aheadAt += here;
        while (_received < _receiving.Length)
        {
            var missing = _receiving.Length - _received; // and nothing is ahead
            var got = VectoredSocket.Receive(_socket, (byte*)_receivePayload + _received, missing, _ahead, AheadBytes, out var error);
            if (!Took(got, error))
            {
                return false;
            }

            _received += Math.Min(got, missing);
            (_aheadAt, _aheadEnd) = (0, Math.Max(0, got - missing));
            progress = true;
        }

        return true;
    }

    private bool Took(int got, SocketError error)
    {
        if (error is not (SocketError.Success or SocketError.WouldBlock))
        {
            throw new ChannelException(Peer, $"the connection broke while receiving ({error})");
        }

        _closed |= error == SocketError.Success && got == 0;
        return got > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.AlignedFree(_staging);
        NativeMemory.AlignedFree(_ahead);
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

    /// <summary>A little of what there is to do but to send and receive; false: there is nothing.</summary>
    bool Work() => false;
}
