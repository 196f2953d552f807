using Granary.Grains.Channel;
using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Sends and receives blocks of numbers, encoded by the connections' codec. With the identity codec they are sent from where they
/// lie and received to where they belong; others need room for the blocks of a pass that this worker sends.</summary>
internal sealed unsafe class BlockWire<T> : IDisposable
    where T : unmanaged
{
    private readonly ExchangePass<T> _pass;
    private readonly PeerMesh _mesh;
    private readonly IBlockCodec _codec;
    private readonly BlockBuffers<byte> _buffers;
    private readonly int _room; // bytes of a buffer
    private readonly List<nint> _sent = []; // encoded blocks of this pass
    private readonly (nint Encoded, nint Target)[] _incoming; // [peer]: the frame that is being received

    /// <param name="pass">The pass under way.</param>
    /// <param name="mesh">Connections to the other workers, and their codec.</param>
    public BlockWire(ExchangePass<T> pass, PeerMesh mesh)
    {
        (_pass, _mesh, _codec) = (pass, mesh, mesh.Codec);
        _room = _codec.MostBytes(BlockPlan.BlockSize, sizeof(T));
        _buffers = new BlockBuffers<byte>(_room);
        _incoming = new (nint, nint)[pass.Layout.Plan.Members];
    }

    /// <summary>Begins a pass; what the one before has sent is out by now.</summary>
    public void Begin()
    {
        foreach (var encoded in _sent)
        {
            _buffers.Return((byte*)encoded);
        }

        _sent.Clear();
    }

    /// <summary>Sends a block, which must stay as it is until the pass is over.</summary>
    public void Send(PeerLink link, in FrameHeader header, T* block)
    {
        var (length, payload) = Encode(header.Block, block);
        link.Enqueue(header with { Length = length }, (void*)payload);
    }

    /// <summary>Sends a block to every other worker; it must stay as it is until the pass is over.</summary>
    public void SendToAll(in FrameHeader header, T* block)
    {
        if (_mesh.Links.Length == 0)
        {
            return;
        }

        var (length, payload) = Encode(header.Block, block);
        foreach (var link in _mesh.Links)
        {
            link.Enqueue(header with { Length = length }, (void*)payload);
        }
    }

    /// <summary>Whether a frame's block is one of [first, end) and its payload may be such a block.</summary>
    public bool Fits(in FrameHeader header, int first, int end) => header.Block >= first && header.Block < end
        && (_codec.IsIdentity ? header.Length == _pass.Bytes(header.Block)
            : header.Length > 0 && header.Length <= Room(header.Block));

    /// <summary>Where the payload of a frame that fits is to be received.</summary>
    /// <param name="peer">Its sender.</param>
    /// <param name="target">Where its block belongs.</param>
    public nint Place(int peer, T* target)
    {
        if (_codec.IsIdentity)
        {
            return (nint)target;
        }

        var encoded = (nint)_buffers.Rent();
        _incoming[peer] = (encoded, (nint)target);
        return encoded;
    }

    /// <summary>A frame with a block is here: puts the block where it belongs.</summary>
    /// <exception cref="ChannelException">It is no encoded block.</exception>
    public void Arrived(int peer, in FrameHeader header)
    {
        if (_codec.IsIdentity)
        {
            return;
        }

        var (encoded, target) = _incoming[peer];
        var fits = _codec.TryDecode(new ReadOnlySpan<byte>((void*)encoded, header.Length), sizeof(T), new Span<byte>((void*)target, _pass.Bytes(header.Block)));
        _buffers.Return((byte*)encoded);
        if (!fits)
        {
            throw new ChannelException(peer, $"it sent {header.Length} bytes that codec {_codec.Name} cannot decode (block {header.Block})");
        }
    }

    private (int Length, nint Payload) Encode(int block, T* numbers)
    {
        var bytes = _pass.Bytes(block);
        if (_codec.IsIdentity)
        {
            return (bytes, (nint)numbers);
        }

        var encoded = (nint)_buffers.Rent();
        _sent.Add(encoded);
        var room = Room(block);
        var length = _codec.Encode(new ReadOnlySpan<byte>(numbers, bytes), sizeof(T), new Span<byte>((void*)encoded, room));
        return length >= 1 && length <= room
            ? (length, encoded)
            : throw new InvalidOperationException($"codec {_codec.Name} says that it wrote {length} bytes into {room}");
    }

    private int Room(int block) => Math.Min(_room, _codec.MostBytes(_pass.Layout.Blocks.Length(block), sizeof(T)));

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();
}
