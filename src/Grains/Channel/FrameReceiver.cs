using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Granary.Grains.Faults;

namespace Granary.Grains.Channel;

/// <summary>The receiving half of a <see cref="PeerLink"/>: payloads go where the sink says, without a copy but for small ones.</summary>
/// <param name="peer">Rank of the member at the other end.</param>
/// <param name="wire">The connection.</param>
/// <param name="faults">Faults injected into this connection.</param>
internal sealed unsafe class FrameReceiver(int peer, Wire wire, LinkFaults faults) : IDisposable
{
    // What may be received beyond a frame: small frames come in whole, several of them, by one call.
    private const int AheadBytes = 2 * 1024;

    private readonly byte* _ahead = (byte*)NativeMemory.AlignedAlloc(AheadBytes, 64);
    private FrameHeader _receiving;
    private nint _receivePayload;
    private int _received;
    private int _aheadAt;
    private int _aheadEnd;
    private bool _headerComplete;
    private bool _placed;

    /// <summary>Whether the peer has closed the connection.</summary>
    public bool Closed { get; private set; }

    /// <summary>Whether a frame of a later step waits.</summary>
    public bool Paused => _headerComplete && !_placed;

    /// <summary>Whether a part of a frame has come in and the rest is on its way.</summary>
    public bool IsReceiving => _placed || _aheadEnd > _aheadAt;

    /// <summary>Receives what is there now, up to <paramref name="frames"/> frames. Returns whether any byte came in.</summary>
    /// <param name="sink">Says where a frame goes and takes it once it is whole.</param>
    /// <param name="frames">At the most so many frames, so that no peer starves the others.</param>
    /// <exception cref="ChannelException">The connection broke, or what came in is wrong.</exception>
    public bool TryReceive(IFrameSink sink, int frames)
    {
        var progress = false;
        while (frames > 0 && !(faults.Any && faults.Drops))
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
                    throw new ChannelException(peer, "it sent bytes that are no frame");
                }
            }

            if (!_placed)
            {
                var place = sink.Place(peer, _receiving);
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
                    peer, $"a chunk arrived damaged (step {_receiving.Step}, block {_receiving.Block}): its checksum does not fit");
            }

            _headerComplete = _placed = false;
            _received = 0;
            frames--;
            progress = true; // even if all of it had been received ahead
            sink.Arrived(peer, _receiving);
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

            var got = wire.Receive(_ahead + _aheadEnd, AheadBytes - _aheadEnd, null, 0, out var error);
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
            var got = wire.Receive((byte*)_receivePayload + _received, missing, _ahead, AheadBytes, out var error);
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
            throw new ChannelException(peer, $"the connection broke while receiving ({error})");
        }

        Closed |= error == SocketError.Success && got == 0;
        return got > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_ahead);
}
