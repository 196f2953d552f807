using System.Text;
using Granary.Jobs;
using Sylvan.Data.Csv;

namespace Granary.Model.Data;

/// <summary>The rows of one shard's lines of a CSV file.</summary>
internal sealed class CsvRows
{
    private readonly LinePart _part;
    private readonly CsvDataReader _reader;

    // Where the row begins that was looked at last: rows are looked at in their order, so that looking at many reads the bytes once.
    private (long Line, int Start) _seen;

    // Which line each row stands in, both from 0, where carriage returns within lines end rows too; null: a row is a line.
    private List<int>? _lines;

    /// <exception cref="JobException">A cell goes on over the end of its line.</exception>
    public CsvRows(LinePart part, char delimiter)
    {
        _part = part;
        LookThroughLines();
        _reader = CsvDataReader.Create(new StreamReader(new MemoryStream(part.Bytes), Encoding.UTF8), Options(delimiter));
    }

    private static CsvDataReaderOptions Options(char delimiter) => new()
    {
        HasHeaders = false,
        Delimiter = delimiter,
        Comment = '\0', // a row that begins with '#' is a row
        MaxBufferSize = 1 << 28, // a row of a million cells is a row
    };

    /// <summary>The cells of a header line, trimmed.</summary>
    public static string[] Header(string line, char delimiter)
    {
        using var reader = CsvDataReader.Create(new StringReader(line + "\n"), Options(delimiter));
        reader.Read();
        return [.. Enumerable.Range(0, reader.RowFieldCount).Select(i => reader.GetString(i).Trim())];
    }

    /// <summary>Cells in the present row.</summary>
    public int FieldCount => _reader.RowFieldCount;

    // A line break inside quotes would let two shards disagree about where a row begins.
    private void LookThroughLines()
    {
        ReadOnlySpan<byte> rest = _part.Bytes;
        for (var line = 0; rest.Length > 0; line++)
        {
            var length = rest.IndexOf((byte)'\n');
            if (length >= 0 && (rest[..length].Count((byte)'"') & 1) == 1)
            {
                throw _part.Error(line, "a quoted cell goes on over the end of the line. Line breaks within cells are not supported: write spaces in their place");
            }

            CountRows(length < 0 ? rest : rest[..length], line);
            rest = length < 0 ? [] : rest[(length + 1)..];
        }
    }

    private void CountRows(ReadOnlySpan<byte> text, int line)
    {
        text = text.EndsWith("\r"u8) ? text[..^1] : text;
        if (_lines is null && !text.Contains((byte)'\r'))
        {
            return;
        }

        _lines ??= [.. Enumerable.Range(0, line)];
        _lines.Add(line);
        var inQuotes = false;
        foreach (var b in text)
        {
            inQuotes ^= b == '"';
            if (b == '\r' && !inQuotes)
            {
                _lines.Add(line);
            }
        }
    }

    // The line that the present row stands in, from 0.
    private long PresentLineNumber => _lines is null ? _reader.RowNumber - 1 : _lines[_reader.RowNumber - 1];

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

    /// <summary>The text of one cell of the present row, trimmed.</summary>
    /// <exception cref="JobException">It is not UTF-8.</exception>
    public string Text(int column)
    {
        // The reader puts U+FFFD in the place of whatever is no UTF-8.
        var text = Field(column).Trim().ToString();
        return text.Contains('\ufffd', StringComparison.Ordinal) && StrictUtf8.Fault(PresentLine()) is { } fault ? throw Error(fault) : text;
    }

    private ReadOnlySpan<byte> PresentLine()
    {
        ReadOnlySpan<byte> rest = _part.Bytes.AsSpan(_seen.Start);
        for (; _seen.Line < PresentLineNumber; _seen.Line++)
        {
            rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        }

        _seen.Start = _part.Bytes.Length - rest.Length;
        return rest.IndexOf((byte)'\n') is >= 0 and var length ? rest[..length] : rest;
    }

    /// <summary>"v.csv:7", where the present row stands.</summary>
    public string Place => _part.Place(PresentLineNumber);

    /// <summary>An error in the present row.</summary>
    public JobException Error(string what) => _part.Error(PresentLineNumber, what);
}
