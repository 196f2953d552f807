namespace Granary.Client.Display;

/// <summary>Draws a curve in braille characters: each holds 2 x 4 dots.</summary>
internal static class Braille
{
    // Bits of the dots of one character, [row][column].
    private static readonly int[][] Dots = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

    /// <summary>Lines of a chart, top first.</summary>
    /// <param name="values">The curve, first to last; squeezed or stretched to the width.</param>
    /// <param name="columns">Characters across.</param>
    /// <param name="rows">Characters down.</param>
    public static IReadOnlyList<string> Chart(IReadOnlyList<double> values, int columns, int rows)
    {
        var cells = new int[rows, columns];
        if (values.Count > 0)
        {
            var (low, high) = (values.Min(), values.Max());
            var span = high > low ? high - low : 1;
            var height = (rows * 4) - 1;
            int? before = null;
            for (var x = 0; x < columns * 2; x++)
            {
                var value = values[(int)((long)x * values.Count / (columns * 2))];
                var y = (int)Math.Round((high - value) / span * height);
                for (var dot = Math.Min(y, before ?? y); dot <= Math.Max(y, before ?? y); dot++)
                {
                    cells[dot / 4, x / 2] |= Dots[dot % 4][x % 2];
                }

                before = y;
            }
        }

        return [.. Enumerable.Range(0, rows).Select(r =>
            string.Concat(Enumerable.Range(0, columns).Select(c => (char)(0x2800 + cells[r, c]))))];
    }
}
