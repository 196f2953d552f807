using System.Text;

namespace Granary.Client.Display;

/// <summary>A table of plain text. No cell is ever cut, so that an id can be copied: where the window is too narrow, text in the last
/// column goes on below itself, and if that is not enough, the columns that find no room follow below, each block with the first column.</summary>
internal sealed class TextTable
{
    private const string Gap = "  ";

    // A column of text that is narrower than this is hard to read, and one beside the first column alone that is narrower than that.
    private const int LeastText = 20;
    private const int LeastBeside = 10;

    private readonly (string Title, bool Right)[] _columns;
    private readonly List<string[]> _rows = [];
    private readonly bool _text;

    /// <param name="text">Whether the last column holds sentences, which may be broken between words.</param>
    /// <param name="columns">Titles; one that begins with ">" is over numbers, which are set to the right.</param>
    public TextTable(bool text, params string[] columns) =>
        (_text, _columns) = (text, [.. columns.Select(c => c.StartsWith('>') ? (c[1..], true) : (c, false))]);

    /// <summary>Adds a row of as many cells as there are columns. Line breaks in a cell become spaces.</summary>
    public void Add(params string[] cells) => _rows.Add([.. cells.Select(c => c.ReplaceLineEndings(" "))]);

    /// <summary>The whole table, each line with its end.</summary>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    public string Text(int? width) => string.Concat(Lines(width).Select(l => l + "\n"));

    /// <summary>The lines.</summary>
    /// <inheritdoc cref="Text(int?)" path="/param"/>
    public IEnumerable<string> Lines(int? width)
    {
        var widths = Enumerable.Range(0, _columns.Length).Select(c => _rows.Select(r => r[c].Length).Append(_columns[c].Title.Length).Max()).ToArray();
        if (width is not { } limit || Sum(widths) <= limit)
        {
            return Block(Enumerable.Range(0, _columns.Length), widths);
        }

        var rest = limit - Sum(widths[..^1]) - Gap.Length;
        if (_text && rest >= Math.Max(LeastText, _columns[^1].Title.Length))
        {
            widths[^1] = rest;
            return Block(Enumerable.Range(0, _columns.Length), widths);
        }

        return Blocks(widths, limit);
    }

    private static int Sum(int[] widths) => widths.Sum() + (Gap.Length * (widths.Length - 1));

    private IEnumerable<string> Blocks(int[] widths, int limit)
    {
        var next = 1;
        do
        {
            var (shown, used) = (new List<int> { 0 }, widths[0]);
            while (next < _columns.Length && (shown.Count == 1 || used + Gap.Length + widths[next] <= limit))
            {
                // Text takes what is left, where that is enough to read it.
                if (_text && next == _columns.Length - 1)
                {
                    var room = limit - used - Gap.Length;
                    widths[next] = Math.Min(widths[next], room < LeastBeside ? LeastText : room);
                }

                used += Gap.Length + widths[next];
                shown.Add(next++);
            }

            foreach (var line in Block(shown, widths))
            {
                yield return line;
            }

            if (next < _columns.Length)
            {
                yield return "";
            }
        }
        while (next < _columns.Length);
    }

    private IEnumerable<string> Block(IEnumerable<int> columns, int[] widths)
    {
        int[] shown = [.. columns];
        foreach (var row in _rows.Prepend([.. _columns.Select(c => c.Title)]))
        {
            var last = shown[^1];
            var parts = _text && last == _columns.Length - 1 ? Wrap(row[last], widths[last]) : [row[last]];
            for (var part = 0; part < parts.Count; part++)
            {
                var line = new StringBuilder();
                foreach (var c in shown)
                {
                    var cell = c == last ? parts[part] : part == 0 ? row[c] : "";
                    line.Append(c == shown[0] ? "" : Gap).Append(_columns[c].Right ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c]));
                }

                yield return line.ToString().TrimEnd();
            }
        }
    }

    // A word that is wider than the column stays whole: it may be a path or an id.
    private static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        lines.Add(line.ToString());
        return lines;
    }
}
