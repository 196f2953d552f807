using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Grains.Faults;

namespace Granary.Grains.Channel;

/// <summary>The sending half of a <see cref="PeerLink"/>: a queue of frames, of which small ones go out together.</summary>
/// <param name="peer">Rank of the member at the other end.</param>
/// <param name="wire">The connection.</param>
/// <param name="faults">Faults injected into this connection.</param>
internal sealed unsafe class FrameSender(int peer, Wire wire, LinkFaults faults) : IDisposable
{
    private const int CoalesceBytes = 8 * 1024;

    private readonly byte* _staging = (byte*)NativeMemory.AlignedAlloc(CoalesceBytes + FrameHeader.Size, 64);
    private readonly Queue<(FrameHeader Header, nint Payload, long Queued)> _outgoing = new();

    // What is being sent: the staged bytes, and then a payload that is too large to be staged.
    private int _stagedLength;
    private nint _sendPayload;
    private int _sendLength;
    private int _sent;
    private long _payloadBytes;
    private bool _sendActive;
    private long _departure;
    private byte* _damaged;

    /// <summary>Payload bytes sent, headers left out.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Frames begun so far.</summary>
    public long FramesSent { get; private set; }

    /// <summary>Whether anything waits to be sent.</summary>
    public bool HasOutgoing => _sendActive || _outgoing.Count > 0;

    /// <summary>Whether an injected delay holds back what is being sent.</summary>
    public bool Held => _sendActive && Stopwatch.GetTimestamp() < _departure;

    /// <summary>Queues a frame. The payload must stay as it is until it has been sent.</summary>
    public void Enqueue(FrameHeader header, void* payload)
    {
        header.Magic = FrameHeader.ExpectedMagic;
        _outgoing.Enqueue((header, (nint)payload, faults.Any ? Stopwatch.GetTimestamp() : 0));
    }

    /// <summary>Sends what the socket takes now. Returns whether any byte went out.</summary>
    /// <param name="frames">Begins so many at the most, small ones that go together being one: what waits in the kernel should still
    /// be in a cache when it is taken out there.</param>
    /// <exception cref="ChannelException">The connection broke.</exception>
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
                _departure = faults.Any ? faults.Departure(next.Queued, next.Header.Length) : 0;
            }

            if (faults.Any && (faults.Drops || Held))
            {
                return progress;
            }

            while (_sent < _stagedLength + _sendLength)
            {
                var staged = Math.Max(0, _stagedLength - _sent);
                var after = Math.Max(0, _sent - _stagedLength);
                var sent = wire.Send(_staging + _sent, staged, (byte*)_sendPayload + after, _sendLength - after, out var error);
                if (error == SocketError.WouldBlock)
                {
                    return progress;
                }

                if (error != SocketError.Success)
                {
                    throw new ChannelException(peer, $"the connection broke while sending ({error})");
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
        while (_sendLength == 0 && !faults.Any && _outgoing.TryPeek(out var next) && Fits(next.Header))
        {
            _outgoing.Dequeue();
            Stage(next.Header, next.Payload);
        }
    }

    private bool Fits(in FrameHeader header) => _stagedLength + FrameHeader.Size + header.Length <= CoalesceBytes;

    // The checksum is computed here and not before: reading the payload brings it into the cache for the sending, too.
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

        if (faults.Any && header.Length > 0 && faults.Corrupts())
        {
            Damage(header.Length);
        }
    }

    // One bit, in a copy: what is in memory stays as it is.
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

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_staging);
        NativeMemory.Free(_damaged);
    }
}
