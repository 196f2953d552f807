using Granary.Grains.Channel;

namespace Granary.Extensions.Tests.Stores;

/// <summary>A wire codec that turns blocks around.</summary>
internal sealed class Reversed : IBlockCodec
{
    public string Name => "reversed";

    public int MostBytes(int numbers, int size) => numbers * size;

    public int Encode(ReadOnlySpan<byte> block, int size, Span<byte> encoded)
    {
        block.CopyTo(encoded);
        encoded[..block.Length].Reverse();
        return block.Length;
    }

    public bool TryDecode(ReadOnlySpan<byte> encoded, int size, Span<byte> block)
    {
        if (encoded.Length != block.Length)
        {
            return false;
        }

        encoded.CopyTo(block);
        block.Reverse();
        return true;
    }
}
