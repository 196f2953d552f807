using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Granary.Jobs;

/// <summary>MurmurHash3 (Appleby, x86, 32 bits, seed 0) of a text's UTF-8: the hash that scikit-learn deals features to buckets by.</summary>
internal static class Murmur
{
    private const uint C1 = 0xcc9e2d51;
    private const uint C2 = 0x1b873593;

    /// <summary>A text's bucket: the hash, as a signed number, without its sign, modulo their number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="buckets">How many there are.</param>
    public static int Bucket(string text, int buckets) => (int)(Math.Abs((long)(int)Hash(Encoding.UTF8.GetBytes(text))) % buckets);

    /// <summary>The hash.</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var (hash, length) = (0u, (uint)bytes.Length);
        for (; bytes.Length >= 4; bytes = bytes[4..])
        {
            hash ^= Mixed(BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            hash = (BitOperations.RotateLeft(hash, 13) * 5) + 0xe6546b64;
        }

        uint rest = 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            rest = (rest << 8) | bytes[i];
        }

        hash = (hash ^ (bytes.Length > 0 ? Mixed(rest) : 0)) ^ length;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
        return hash ^ (hash >> 16);
    }

    private static uint Mixed(uint word) => BitOperations.RotateLeft(word * C1, 15) * C2;
}
