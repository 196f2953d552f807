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
            foreach (var (number, line) in FileLines.Read(path))
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
}
