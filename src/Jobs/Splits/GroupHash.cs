using System.Text;

namespace Granary.Jobs;

/// <summary>A number for a group's name, the same on every machine: FNV-1a of its UTF-8 bytes (Fowler, Noll, Vo), scattered, and cut to 53 bits, which a
/// double holds.</summary>
public static class GroupHash
{
    private const int Dropped = 11;
    private const int FewBytes = 512;

    /// <summary>Of a name, trimmed. Two names with one number, of which there are hardly any, are one group.</summary>
    public static double Of(ReadOnlySpan<char> name)
    {
        var most = Encoding.UTF8.GetMaxByteCount(name.Length);
        Span<byte> bytes = most <= FewBytes ? stackalloc byte[FewBytes] : new byte[most];
        return SeededRandom.Mix(Fnv(bytes[..Encoding.UTF8.GetBytes(name, bytes)])) >> Dropped;
    }

    /// <summary>64-bit FNV-1a.</summary>
    internal static ulong Fnv(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xcbf29ce484222325;
        foreach (var b in bytes)
        {
            hash = (hash ^ b) * 0x100000001b3;
        }

        return hash;
    }
}
