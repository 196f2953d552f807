using System.Runtime.InteropServices;

namespace Granary.Model.Data.Cache;

/// <summary>The first bytes of a file of rows. The numbers begin at <see cref="Body"/>, [Rows, Features] of float64; then come the labels'
/// numbers, [Rows] of int32, then the labels themselves. Everything is little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct CacheHeader(
    ulong Magic, UInt128 Settings, UInt128 Source, long Rows, long Features, long NamesBytes, UInt128 BodyHash, ulong HeaderHash)
{
    /// <summary>Where the numbers begin: where a page does.</summary>
    public const int Body = 4096;

    private const ulong Present = 0x31_73776f72_727267; // "grrrows1": the last byte is the format's version

    /// <summary>Bytes of the header.</summary>
    public static unsafe int Size => sizeof(CacheHeader);

    /// <summary>Bytes of the file.</summary>
    public long Length => Body + (Rows * ((Features * sizeof(double)) + sizeof(int))) + NamesBytes;

    /// <summary>With what tells it from a header that was not written, or is damaged.</summary>
    public CacheHeader Sealed() => this with { Magic = Present, HeaderHash = (this with { Magic = Present }).OwnHash() };

    /// <summary>Whether it is a header of this format, as it was written.</summary>
    public bool IsSound => Magic == Present && HeaderHash == OwnHash() && Rows >= 0 && Features > 0 && NamesBytes >= 0;

    private ulong OwnHash()
    {
        var bare = this with { HeaderHash = 0 };
        return (ulong)ContentHash.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<CacheHeader>(in bare)));
    }
}
