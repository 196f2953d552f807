using System.Text;
using Granary.Jobs;
using Sylvan.Data.Csv;

namespace Granary.Model.Data;

/// <summary>The lines of a CSV file that belong to one shard, through a CSV reader that sees those bytes alone.</summary>
internal sealed class CsvLines
{
    private readonly SourcePart _part;
    private readonly long _start;
    private readonly CsvDataReader _reader;
    private readonly byte[] _bytes;

    private CsvLines(SourcePart part, string[] header, long start, byte[] bytes)
    {
        (_part, Header, _start, _bytes) = (part, header, start, bytes);
        var options = new CsvDataReaderOptions { HasHeaders = false, Delimiter = ',' };
        _reader = CsvDataReader.Create(new StreamReader(new MemoryStream(bytes), Encoding.UTF8), options);
    }

    /// <summary>The names in the first line.</summary>
    public string[] Header { get; }

    /// <summary>Cells in the present row.</summary>
    public int FieldCount => _reader.RowFieldCount;

    /// <summary>Opens this shard's part: the lines whose first byte lies in its share of the bytes after the header.</summary>
    public static CsvLines Open(SourcePart part)
    {
        using var file = new FileStream(part.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var (header, body) = ReadHeader(part, file);
        var (first, end) = part.Of(file.Length - body);
        var start = LineStart(file, body, body + first);
        var stop = LineStart(file, body, body + end);
        var bytes = new byte[stop - start];
        file.Position = start;
        file.ReadExactly(bytes);
        var lines = new CsvLines(part, header, start, bytes);
        lines.RefuseQuotedNewlines();
        return lines;
    }

    private static (string[] Header, long Body) ReadHeader(SourcePart part, FileStream file)
    {
        var line = new List<byte>();
        int b;
        while ((b = file.ReadByte()) >= 0 && b != '\n')
        {
            line.Add((byte)b);
        }

        var body = file.Position;
        var text = Encoding.UTF8.GetString([.. line]).TrimStart('\ufeff').TrimEnd('\r');
        if (text.Trim().Length == 0)
        {
            throw new JobException($"{part.Name}:1: the header line is empty: the first line must name the columns.");
        }

        using var reader = CsvDataReader.Create(new StringReader(text + "\n"), new CsvDataReaderOptions { HasHeaders = false, Delimiter = ',' });
        reader.Read();
        return ([.. Enumerable.Range(0, reader.RowFieldCount).Select(i => reader.GetString(i).Trim())], body);
    }

    // The start of the first line that begins at or after a position.
    private static long LineStart(FileStream file, long body, long position)
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

    // A line break inside quotes would let two shards disagree about where a row begins.
    private void RefuseQuotedNewlines()
    {
        var quotes = 0;
        long line = 0;
        for (var i = 0; i < _bytes.Length; i++)
        {
            if (_bytes[i] == '"')
            {
                quotes++;
            }
            else if (_bytes[i] == '\n')
            {
                if ((quotes & 1) == 1)
                {
                    throw At(line, "a quoted cell goes on over the end of the line. Line breaks within cells are not supported");
                }

                quotes = 0;
                line++;
            }
        }
    }

    /// <summary>Goes to the next row that is not blank.</summary>
    public bool Read()
    {
        try
        {
            while (_reader.Read())
            {
                if (_reader.RowFieldCount > 1 || (_reader.RowFieldCount == 1 && _reader.GetString(0).Trim().Length > 0))
                {
                    return true;
                }
            }
        }
        catch (CsvFormatException e)
        {
            throw Error($"this is no CSV row ({e.Message})");
        }

        return false;
    }

    /// <summary>One cell of the present row.</summary>
    public ReadOnlySpan<char> Field(int column) => _reader.GetFieldSpan(column);

    /// <summary>An error in the present row.</summary>
    public JobException Error(string what) => At(_reader.RowNumber - 1, what);

    // Lines are only counted when there is something to say about one.
    private JobException At(long line, string what)
    {
        using var file = File.OpenRead(_part.Path);
        var before = 0L;
        var buffer = new byte[1 << 16];
        for (long at = 0; at < _start;)
        {
            var got = file.Read(buffer, 0, (int)Math.Min(buffer.Length, _start - at));
            before += buffer.AsSpan(0, got).Count((byte)'\n');
            at += got;
        }

        return new JobException($"{_part.Name}:{before + line + 1}: {what}.");
    }
}
