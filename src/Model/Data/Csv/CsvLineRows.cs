using System.Text;
using Sylvan.Data.Csv;

namespace Granary.Model.Data;

/// <summary>Tells the rows of a line apart, as <see cref="CsvRows"/> reads them.</summary>
internal static class CsvLineRows
{
    /// <summary>For files with a delimiter.</summary>
    /// <param name="delimiter">What stands between cells.</param>
    public static NextRow Of(char delimiter) => (ref ReadOnlySpan<byte> rest) => Next(ref rest, delimiter);

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest, char delimiter)
    {
        while (!rest.IsEmpty)
        {
            var end = End(rest);
            var row = rest[..end];
            rest = end < rest.Length ? rest[(end + 1)..] : [];
            if (row.Contains((byte)delimiter) || HasText(row, delimiter))
            {
                return row;
            }
        }

        return [];
    }

    // A carriage return ends a row unless it stands within quotes.
    private static int End(ReadOnlySpan<byte> text)
    {
        var at = text.IndexOf((byte)'\r');
        if (at < 0 || at == text.Length - 1)
        {
            return at < 0 ? text.Length : at;
        }

        var inQuotes = false;
        for (at = 0; at < text.Length && (text[at] != '\r' || inQuotes); at++)
        {
            inQuotes ^= text[at] == '"';
        }

        return at;
    }

    // A row of one cell that is blank, quoted or not, is none.
    private static bool HasText(ReadOnlySpan<byte> row, char delimiter)
    {
        if (!row.ContainsAnyExcept(" \t"u8))
        {
            return false;
        }

        foreach (var b in row)
        {
            if (b is > (byte)' ' and < 0x7f and not (byte)'"')
            {
                return true;
            }
        }

        try
        {
            return CsvRows.Header(Encoding.UTF8.GetString(row), delimiter) is not [{ Length: 0 }];
        }
        catch (CsvFormatException)
        {
            return true; // its reader says what is wrong
        }
    }
}
