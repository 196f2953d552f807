using System.Globalization;
using System.Text;

namespace Granary.Client.Display;

/// <summary>The last lines of a terminal, drawn again and again. The cursor rests below them, so that whatever else is written comes
/// after them, and a process that ends leaves the terminal as it should be.</summary>
/// <param name="terminal">Where they are written.</param>
/// <param name="size">Columns and rows of the window just now.</param>
internal sealed class LiveText(TextWriter terminal, Func<(int Width, int Height)> size)
{
    private readonly Lock _one = new();
    private IReadOnlyList<string> _drawn = [];
    private int _width;

    /// <summary>Draws lines in the place of those before; too many for the window lose their last ones.</summary>
    /// <param name="make">Makes the lines for so many columns and rows.</param>
    public void Draw(Func<int, int, IReadOnlyList<string>> make)
    {
        lock (_one)
        {
            // One column stays free: a cursor in the last one stands in this line or the next, as the terminal likes.
            var (width, height) = size();
            (width, height) = (Math.Max(1, width - 1), Math.Max(1, height - 1));
            IReadOnlyList<string> lines = [.. make(width, height).Take(height).Select(l => Cut(l, width))];
            if (width == _width && lines.SequenceEqual(_drawn))
            {
                return;
            }

            terminal.Write(Up(width, height) + string.Concat(lines.Select(l => l + "\x1b[K\n")) + "\x1b[J");
            terminal.Flush();
            (_drawn, _width) = (lines, width);
        }
    }

    /// <summary>Writes a line above what is drawn, for good.</summary>
    public void Say(string line)
    {
        lock (_one)
        {
            var (width, height) = size();
            terminal.Write(Up(Math.Max(1, width - 1), Math.Max(1, height - 1)) + "\x1b[J" + line + "\n" + string.Concat(_drawn.Select(l => l + "\n")));
            terminal.Flush();
        }
    }

    /// <summary>Takes the lines away.</summary>
    public void Clear() => Draw((_, _) => []);

    // A window made narrower has broken the lines into more rows than were drawn.
    private string Up(int width, int height)
    {
        var rows = Math.Min(height, _drawn.Sum(l => Math.Max(1, (Visible(l) + width) / (width + 1))));
        return rows == 0 ? "\r" : string.Create(CultureInfo.InvariantCulture, $"\r\x1b[{rows}A");
    }

    private static int Visible(string line)
    {
        var (count, inCode) = (0, false);
        foreach (var c in line)
        {
            (count, inCode) = c == '\x1b' ? (count, true) : inCode ? (count, !char.IsAsciiLetter(c)) : (count + 1, false);
        }

        return count;
    }

    // Colour codes take no room; one that was begun is ended.
    private static string Cut(string line, int width)
    {
        if (Visible(line) <= width)
        {
            return line;
        }

        var (text, count, inCode, coloured) = (new StringBuilder(), 0, false, false);
        foreach (var c in line)
        {
            if (c == '\x1b' || inCode)
            {
                (inCode, coloured) = (c == '\x1b' || !char.IsAsciiLetter(c), true);
                text.Append(c);
            }
            else if (count < width)
            {
                text.Append(c);
                count++;
            }
        }

        return coloured ? text.Append("\x1b[0m").ToString() : text.ToString();
    }
}
