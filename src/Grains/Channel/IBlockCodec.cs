namespace Granary.Grains.Channel;

/// <summary>
/// How blocks of gradient sums, weights and optimiser state are encoded on the wire between workers. A codec must be lossless: how many
/// blocks travel depends on the number of workers, and the result must not. It keeps no state from one block to the next, and must be
/// thread-safe. Optimiser state that moves when a generation is formed is not encoded. Registered with <see cref="GranarySilo.AddCodec{TCodec}"/>, on every silo of a cluster: silos with different
/// codecs refuse each other.
/// </summary>
public interface IBlockCodec
{
    /// <summary>The codec's name: "identity".</summary>
    string Name { get; }

    /// <summary>Whether the encoded block is the block itself. Then nothing is copied, and neither method is called.</summary>
    bool IsIdentity => false;

    /// <summary>The greatest encoded size of a block in bytes: buffers have it, and longer frames are refused. More numbers must not make it smaller.</summary>
    /// <param name="numbers">Numbers in the block.</param>
    /// <param name="size">Bytes of a number, 4 or 8.</param>
    int MostBytes(int numbers, int size);

    /// <summary>Encodes a block.</summary>
    /// <param name="block">The numbers, little-endian IEEE 754.</param>
    /// <param name="size">Bytes of a number, 4 or 8.</param>
    /// <param name="encoded">Receives the encoded block; <see cref="MostBytes"/> long.</param>
    /// <returns>Bytes written, at least 1.</returns>
    int Encode(ReadOnlySpan<byte> block, int size, Span<byte> encoded);

    /// <summary>Decodes a block: the same bytes that were encoded.</summary>
    /// <param name="encoded">What came over the wire. A checksum has been compared, but not that it is an encoded block.</param>
    /// <param name="size">Bytes of a number, 4 or 8.</param>
    /// <param name="block">Receives the numbers; all of it must be written.</param>
    /// <returns>False: it is no encoded block of this length.</returns>
    bool TryDecode(ReadOnlySpan<byte> encoded, int size, Span<byte> block);
}

/// <summary>The codec that changes nothing: blocks are sent from where they lie, and received to where they belong.</summary>
internal sealed class IdentityCodec : IBlockCodec
{
    /// <summary>The one instance that is needed.</summary>
    public static IdentityCodec Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "identity";

    /// <inheritdoc/>
    public bool IsIdentity => true;

    /// <inheritdoc/>
    public int MostBytes(int numbers, int size) => numbers * size;

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<byte> block, int size, Span<byte> encoded)
    {
        block.CopyTo(encoded);
        return block.Length;
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> encoded, int size, Span<byte> block) => encoded.Length == block.Length && encoded.TryCopyTo(block);
}
