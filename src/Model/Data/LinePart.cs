using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's lines of one file, read when they are asked for.</summary>
/// <param name="name">The file's name, for messages.</param>
/// <param name="length">Bytes.</param>
/// <param name="open">The lines, whole, from the first byte on; the file's last one may lack its end. More may follow.</param>
/// <param name="number">Which line of the file, from 1, one of these is, from 0. It may be slow.</param>
internal sealed class LinePart(string name, long length, Func<Stream> open, Func<long, long> number)
{
    private byte[]? _bytes;

    public LinePart(string name, byte[] bytes, Func<long, long> number)
        : this(name, bytes.Length, () => new MemoryStream(bytes, writable: false), number) => _bytes = bytes;

    /// <summary>Bytes.</summary>
    public long Length => length;

    /// <summary>The lines, whole, from the first byte on; only <see cref="Length"/> bytes of it belong to this part.</summary>
    public Stream Open() => open();

    /// <summary>All of them in memory, whole; the file's last one may lack its end.</summary>
    public byte[] Bytes => _bytes ??= Read();

    /// <summary>The first of them, of so many bytes at the most; all, where the first one is longer.</summary>
    public LinePart Head(int bytes)
    {
        if (length <= bytes)
        {
            return this;
        }

        using var stream = open();
        var head = new byte[bytes];
        stream.ReadExactly(head);
        var end = head.AsSpan().LastIndexOf((byte)'\n') + 1;
        return end > 0 ? new LinePart(name, head[..end], number) : this;
    }

    private byte[] Read()
    {
        using var stream = open();
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>An error in one of these lines, counted from 0.</summary>
    public JobException Error(long line, string what) => new($"{Place(line)}: {what}.");

    /// <summary>"v.csv:7", for one of these lines, counted from 0.</summary>
    public string Place(long line) => $"{name}:{number(line)}";
}
