using System.Text;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The lines of one file, plain or gzipped, one after another.</summary>
internal static class FileLines
{
    private const int LongestLine = 1 << 28; // what the CSV reader has room for

    /// <summary>Every line without its end, and its number from 1. What a line's memory holds is gone with the next one.</summary>
    /// <exception cref="JobException">A line is longer than any row can be, or gzip data is damaged.</exception>
    public static IEnumerable<(long Number, ReadOnlyMemory<byte> Line)> Read(string path)
    {
        using var stream = SourceFile.OpenLines(path);
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
                if (line.Length > LongestLine)
                {
                    throw new JobException($"{Path.GetFileName(path)}:{number}: the line does not end within {LongestLine} bytes: is this a text file?");
                }

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

    /// <summary>The first line; null where the file is empty.</summary>
    /// <exception cref="JobException">It is not UTF-8.</exception>
    public static string? First(string path)
    {
        using var lines = Read(path).GetEnumerator();
        return First(lines, Path.GetFileName(path));
    }

    /// <summary>The same of lines that have not been read yet: the others can be read after it.</summary>
    public static string? First(IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> lines, string name) =>
        lines.MoveNext() ? StrictUtf8.FirstLine(name, lines.Current.Line.Span).TrimEnd('\r') : null;

    /// <summary>The lines that are left, gathered into parts of about so many bytes, in their order.</summary>
    public static IEnumerable<LinePart> Rest(IEnumerator<(long Number, ReadOnlyMemory<byte> Line)> lines, string name, int bytes)
    {
        var (part, first) = (new MemoryStream(), 2L);
        while (lines.MoveNext())
        {
            var (number, line) = lines.Current;
            if (part.Length >= bytes)
            {
                yield return Part(name, part, first);
                (part, first) = (new MemoryStream(), number);
            }

            part.Write(line.Span);
            part.WriteByte((byte)'\n');
        }

        yield return Part(name, part, first);
    }

    private static LinePart Part(string name, MemoryStream bytes, long first) => new(name, bytes.ToArray(), line => first + line);
}
