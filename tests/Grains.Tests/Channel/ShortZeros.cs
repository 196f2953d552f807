using Granary.Grains.Channel;

namespace Granary.Grains.Tests;

/// <summary>A codec for tests, written against the public interface alone: runs of zero bytes become two bytes, and all others are turned
/// upside down, so that nothing is right by chance.</summary>
internal sealed class ShortZeros : IBlockCodec
{
    public string Name => "short-zeros";

    public int MostBytes(int numbers, int size) => 2 * numbers * size;

    public int Encode(ReadOnlySpan<byte> block, int size, Span<byte> encoded)
    {
        var at = 0;
        for (var i = 0; i < block.Length;)
        {
            var zeros = 0;
            while (zeros < byte.MaxValue && i + zeros < block.Length && block[i + zeros] == 0)
            {
                zeros++;
            }

            if (zeros > 0)
            {
                (encoded[at], encoded[at + 1]) = (byte.MaxValue, (byte)zeros);
                (at, i) = (at + 2, i + zeros);
            }
            else
            {
                encoded[at++] = (byte)~block[i++]; // never 255
            }
        }

        return at;
    }

    public bool TryDecode(ReadOnlySpan<byte> encoded, int size, Span<byte> block)
    {
        var at = 0;
        for (var i = 0; i < encoded.Length;)
        {
            if (encoded[i] != byte.MaxValue)
            {
                if (at == block.Length)
                {
                    return false;
                }

                block[at++] = (byte)~encoded[i++];
                continue;
            }

            if (i + 1 == encoded.Length || encoded[i + 1] == 0 || encoded[i + 1] > block.Length - at)
            {
                return false;
            }

            block.Slice(at, encoded[i + 1]).Clear();
            (at, i) = (at + encoded[i + 1], i + 2);
        }

        return at == block.Length;
    }
}
