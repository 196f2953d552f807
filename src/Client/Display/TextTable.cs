using System.Text;

namespace Granary.Client.Display;

/// <summary>Rows of cells as lines of text, columns apart by two spaces; nothing is wrapped or cut.</summary>
internal static class TextTable
{
    /// <summary>Lays rows out.</summary>
    /// <param name="rows">The rows, the first one with the headings.</param>
    /// <param name="numbers">Which columns hold numbers, and stand at the right.</param>
    public static string Of(IReadOnlyList<string[]> rows, params int[] numbers)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(c => rows.Max(r => r[c].Length))];
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.Append(string.Join("  ", row.Select((cell, c) => numbers.Contains(c) ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]))).TrimEnd()).Append('\n');
        }

        return text.ToString();
    }
}
