using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Lines of plain files, cut by bytes: to a shard belong the lines whose first byte lies in its share of the bytes
/// below the headers, all files laid end to end.</summary>
internal static class ByteRangeSplit
{
    private const int LongestHeader = 1 << 26;

    /// <summary>This shard's lines.</summary>
    public static ShardLines Read(SourcePart part, IReadOnlyList<string> files, bool header)
    {
        var bodies = files.Select(f => Body.Of(f, header)).ToArray();
        var (first, end) = part.Of(bodies.Sum(b => b.Length));
        var parts = new List<LinePart>();
        long start = 0;
        foreach (var body in bodies)
        {
            var from = Math.Max(first, start) - start;
            var to = Math.Min(end, start + body.Length) - start;
            if (from < to)
            {
                parts.Add(Lines(part, body, from, to));
            }

            start += body.Length;
        }

        // A file without a byte, which programs write where there is nothing for it, has no columns either.
        return new ShardLines(header ? [.. bodies.Where(b => !b.IsEmpty).Select(b => (b.Name, b.Header))] : [], parts);
    }

    private static LinePart Lines(SourcePart part, Body body, long from, long to)
    {
        using var file = Open(body.Path);
        var start = LineStart(file, body.Start, body.Start + from);
        var length = LineStart(file, body.Start, body.Start + to) - start;
        ShardLimit.Check(part, length, "bytes");
        return new LinePart(body.Name, length, () => At(body.Path, start, length), line => LinesBefore(body.Path, start) + line + 1);
    }

    // Whoever reads it reads much at once, into memory of its own.
    private static Stream At(string path, long position, long length)
    {
        var file = JobFiles.OpenRead(path, buffer: 0, end: position + length);
        file.Position = position;
        return file;
    }

    // The start of the first line that begins at or after a position.
    private static long LineStart(Stream file, long body, long position)
    {
        if (position <= body)
        {
            return body;
        }

        file.Position = position - 1;
        int b;
        while ((b = file.ReadByte()) >= 0 && b != '\n')
        {
        }

        return file.Position;
    }

    // Lines are only counted when there is something to say about one.
    private static long LinesBefore(string path, long position)
    {
        using var file = Open(path);
        var lines = 0L;
        var buffer = new byte[1 << 16];
        for (long at = 0; at < position;)
        {
            var got = file.Read(buffer, 0, (int)Math.Min(buffer.Length, position - at));
            lines += buffer.AsSpan(0, got).Count((byte)'\n');
            at += got;
        }

        return lines;
    }

    private static Stream Open(string path) => JobFiles.OpenRead(path, 1 << 16);

    private sealed record Body(string Path, string Header, long Start, long Length)
    {
        public string Name => System.IO.Path.GetFileName(Path);

        public bool IsEmpty => Header.Length == 0 && Length == 0;

        public static Body Of(string path, bool header)
        {
            using var file = Open(path);
            Span<byte> mark = stackalloc byte[3];
            file.Position = file.ReadAtLeast(mark, 3, throwOnEndOfStream: false) == 3 && mark.SequenceEqual(Encoding.UTF8.Preamble) ? 3 : 0;
            var line = new List<byte>();
            int b;
            while (header && (b = file.ReadByte()) >= 0 && b != '\n')
            {
                line.Add((byte)b);
                if (line.Count > LongestHeader)
                {
                    throw new JobException($"{System.IO.Path.GetFileName(path)}:1: the first line does not end within {LongestHeader} bytes: is this a text file?");
                }
            }

            return new Body(path, StrictUtf8.FirstLine(System.IO.Path.GetFileName(path), [.. line]).TrimEnd('\r'), file.Position, file.Length - file.Position);
        }
    }
}
