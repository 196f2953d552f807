using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Granary.Model.Data;

/// <summary>Texts as they are written, by their bytes. Of small sets alone: the hash is quick, and no more.</summary>
internal sealed class ByteTexts : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    private const ulong Mix = 0x9E3779B97F4A7C15;

    /// <inheritdoc/>
    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    /// <inheritdoc/>
    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = (ulong)alternate.Length;
        for (; alternate.Length >= sizeof(ulong); alternate = alternate[sizeof(ulong)..])
        {
            hash = Mixed(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate));
        }

        var rest = 0UL;
        foreach (var b in alternate)
        {
            rest = (rest << 8) | b;
        }

        return (int)Mixed(hash ^ rest);
    }

    private static ulong Mixed(ulong bits)
    {
        bits *= Mix;
        return bits ^ (bits >> 32);
    }

    /// <inheritdoc/>
    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
