using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Granary.Model.Data;

/// <summary>A hash of bytes as they pass: the first half of their SHA-256. It is the processor's own on most machines, and the system's
/// library is fast from the first byte on: a hash in managed code, ten times faster once it has been compiled for the processor, is
/// ten times slower during a process's first second, which is when data is read.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds some bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>Adds a number.</summary>
    public void Append(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        Append(bytes);
    }

    /// <summary>Of all bytes so far.</summary>
    public UInt128 Value => Half(_hash.GetCurrentHash());

    /// <summary>Of some bytes.</summary>
    public static UInt128 Of(ReadOnlySpan<byte> bytes) => Half(SHA256.HashData(bytes));

    private static UInt128 Half(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128LittleEndian(hash);

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
