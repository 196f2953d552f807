using System.IO.Compression;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The bytes of one file of a source, plain or gzipped: a gzipped one is told by its first two bytes.</summary>
internal static class SourceFile
{
    /// <summary>Whether a file is gzipped, whatever its name says.</summary>
    public static bool IsGzip(string path)
    {
        using var file = File.OpenRead(path);
        return file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
    }

    /// <summary>The bytes from the first on; a <see cref="FileStream"/> only where the file is plain.</summary>
    public static Stream Open(string path)
    {
        var gzip = IsGzip(path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        return gzip ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 16) : file;
    }

    /// <summary>Reads until a buffer is full or the file ends; returns how much was read.</summary>
    /// <exception cref="JobException">The gzip data is damaged.</exception>
    public static int Fill(Stream stream, string name, Span<byte> buffer)
    {
        try
        {
            return stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new JobException($"{name}: its gzip data is damaged: {e.Message} Fetch it again.");
        }
    }

    /// <summary>Number of bytes. A gzipped file has to be read through for it: what it says of its own length is modulo 4 GB,
    /// and of its last part alone.</summary>
    public static long Length(string path)
    {
        using var stream = Open(path);
        return stream is FileStream ? stream.Length : Skip(stream, Path.GetFileName(path), long.MaxValue);
    }

    /// <summary>The bytes [from, to).</summary>
    public static byte[] Read(string path, long from, long to)
    {
        using var stream = Open(path);
        if (stream is FileStream)
        {
            stream.Position = from;
        }
        else
        {
            Skip(stream, Path.GetFileName(path), from);
        }

        var bytes = new byte[to - from];
        return Fill(stream, Path.GetFileName(path), bytes) == bytes.Length
            ? bytes
            : throw new JobException($"{Path.GetFileName(path)}: it has become shorter while it was read. Data must not change while a job runs.");
    }

    /// <summary>Reads on over so many bytes, or to the end; returns how many there were.</summary>
    public static long Skip(Stream stream, string name, long bytes)
    {
        var buffer = new byte[1 << 16];
        long at = 0;
        while (at < bytes)
        {
            var want = (int)Math.Min(buffer.Length, bytes - at);
            var got = Fill(stream, name, buffer.AsSpan(0, want));
            at += got;
            if (got < want)
            {
                break;
            }
        }

        return at;
    }
}
