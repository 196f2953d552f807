using Granary.Bench.Measuring;
using ScottPlot;

namespace Granary.Bench.Reporting;

/// <summary>A comparison's picture: for every row the ratio of each pair as a dot, their median as a bar, and what was asked as a
/// red line. Ratios are on a logarithmic scale, so that twice as fast and half as fast are equally far from 1.</summary>
internal static class Picture
{
    public static void Draw(string comparison, IReadOnlyList<Row> rows, string path)
    {
        using var plot = new Plot();
        plot.Title(comparison);
        var labels = new List<Tick>();
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, y) = (rows[i], (double)(rows.Count - 1 - i));
            labels.Add(new Tick(y, Label(row)));
            foreach (var pair in row.Pairs)
            {
                plot.Add.Marker(Scale(Shown(row, pair)), y, MarkerShape.FilledCircle, 7, Colors.SteelBlue.WithAlpha(0.6));
            }

            var median = plot.Add.Line(Scale((row.Ratio ?? row.Granary).Median), y - 0.28, Scale((row.Ratio ?? row.Granary).Median), y + 0.28);
            (median.LineWidth, median.LineColor) = (3, Colors.Navy);
            if (row.Target is { } target)
            {
                var line = plot.Add.Line(Scale(target.Value), y - 0.4, Scale(target.Value), y + 0.4);
                (line.LineWidth, line.LineColor, line.LinePattern) = (2, Colors.Red, LinePattern.Dashed);
            }
        }

        var even = plot.Add.VerticalLine(0);
        (even.LineWidth, even.LineColor) = (1, Colors.Gray);
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. labels]);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. new[] { 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000 }.Select(v => new Tick(Scale(v), v.ToString("#,0.###", System.Globalization.CultureInfo.InvariantCulture)))]);
        plot.XLabel(rows.Any(r => r.Ratio is null)
            ? "Granary's figure, or its ratio to the peer's (bar: median, dots: pairs, red: asked)" : "Granary / peer (bar: median, dots: pairs, red: asked)");
        plot.Axes.Margins(0.08, 0.06);
        plot.SavePng(path, 900, 130 + (38 * rows.Count));
    }

    private static string Label(Row row) => row.PeerName is null ? $"{row.Work}, {row.Unit}" : $"{row.Work} / {row.PeerName}";

    private static double Shown(Row row, Pair pair) => pair.Ratio ?? pair.Granary;

    private static double Scale(double ratio) => Math.Log10(Math.Max(ratio, 1e-6));
}
