using System.Text;

namespace Granary.Model.Data;

/// <summary>Lines of gzipped files (and plain ones among them), dealt like cards: line j below the headers, blank ones not
/// counted, belongs to shard j mod V. Every shard reads the files through, once.</summary>
internal static class DealtLines
{
    /// <summary>This shard's lines.</summary>
    public static ShardLines Read(SourcePart part, IReadOnlyList<string> files, bool header, string blanks)
    {
        var headers = new List<(string, string)>();
        var parts = new List<LinePart>();
        var blank = Encoding.UTF8.GetBytes(blanks);
        long dealt = 0;
        foreach (var path in files)
        {
            var (text, numbers, own) = ("", new List<long>(), new MemoryStream());
            foreach (var (number, line) in Lines(path))
            {
                if (header && number == 1)
                {
                    text = StrictUtf8.FirstLine(Path.GetFileName(path), line.Span).TrimEnd('\r');
                }
                else if (line.Span.ContainsAnyExcept(blank) && dealt++ % part.Shards == part.Shard)
                {
                    ShardLimit.Check(part, own.Length + line.Length + 1, "bytes");
                    own.Write(line.Span);
                    own.WriteByte((byte)'\n');
                    numbers.Add(number);
                }
            }

            var name = Path.GetFileName(path);
            headers.Add((name, text));
            parts.Add(new LinePart(name, own.ToArray(), line => numbers[(int)line]));
        }

        return new ShardLines(header ? headers : [], parts);
    }

    private static IEnumerable<(long Number, ReadOnlyMemory<byte> Line)> Lines(string path)
    {
        using var stream = SourceFile.Open(path);
        var buffer = new byte[1 << 16];
        var line = new MemoryStream();
        long number = 1;
        int got;
        while ((got = SourceFile.Fill(stream, Path.GetFileName(path), buffer)) > 0)
        {
            for (var at = 0; at < got;)
            {
                var length = buffer.AsSpan(at, got - at).IndexOf((byte)'\n');
                line.Write(buffer, at, length < 0 ? got - at : length);
                if (length < 0)
                {
                    break;
                }

                yield return (number, Content(line, number));
                line.SetLength(0);
                number++;
                at += length + 1;
            }
        }

        if (line.Length > 0)
        {
            yield return (number, Content(line, number));
        }
    }

    // A byte order mark belongs to the file and not to its first line.
    private static ReadOnlyMemory<byte> Content(MemoryStream line, long number)
    {
        var bytes = line.GetBuffer().AsMemory(0, (int)line.Length);
        return number == 1 && bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;
    }
}
