namespace Granary.Client.Display;

/// <summary>Draws a curve in characters that hold several dots each: 2 x 4 in braille, 1 x 2 in ASCII.</summary>
internal static class Curve
{
    // Bits of the dots of one braille character, [row][column].
    private static readonly int[][] Braille = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
    private static readonly int[][] Ascii = [[1], [2]];
    private const string AsciiCells = " '.:";

    /// <summary>Lines of a chart, top first.</summary>
    /// <param name="values">The curve, first to last; squeezed or stretched to the width. A value that is not finite leaves a gap.</param>
    /// <param name="scale">Its scale.</param>
    /// <param name="columns">Characters across.</param>
    /// <param name="rows">Characters down.</param>
    /// <param name="unicode">Whether braille can be shown.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<double> values, CurveScale scale, int columns, int rows, bool unicode)
    {
        var dots = unicode ? Braille : Ascii;
        var (across, down) = (dots[0].Length, dots.Length);
        var cells = new int[rows, columns];
        int? before = null;
        for (var x = 0; x < columns * across && values.Count > 0; x++)
        {
            var value = values[(int)((long)x * values.Count / (columns * across))];
            if (!double.IsFinite(value))
            {
                before = null;
                continue;
            }

            var y = (int)Math.Round((1 - scale.Height(value)) * ((rows * down) - 1));
            for (var dot = Math.Min(y, before ?? y); dot <= Math.Max(y, before ?? y); dot++)
            {
                cells[dot / down, x / across] |= dots[dot % down][x % across];
            }

            before = y;
        }

        return [.. Enumerable.Range(0, rows).Select(r => string.Concat(Enumerable.Range(0, columns).Select(c => Cell(cells[r, c], unicode))))];
    }

    private static char Cell(int bits, bool unicode) => unicode ? (char)(0x2800 + bits) : AsciiCells[bits];
}
