using System.Globalization;
using Granary.Jobs;
using ScottPlot;

namespace Granary.Scaling;

/// <summary>A step's time on N silos, for the presets, with a batch of about half a million tokens (gpt-3: three million).</summary>
internal static class PresetCurves
{
    private const int Most = 10_000;

    // A silo with an accelerator that reaches 100 Tflop/s, on a line of 100 Gbit/s.
    private static readonly ClusterFacts Facts = new() { Flops = 100e12, Bandwidth = 12.5e9, Latency = 20e-6 };

    private static readonly (string Preset, int Batch)[] Drawn =
        [("gpt-2", 512), ("gpt-2-medium", 512), ("gpt-2-large", 512), ("gpt-2-xl", 512), ("gpt-3", 1536)];

    public static void Draw(string path)
    {
        using var plot = new Plot();
        Console.WriteLine("| preset | batch | step on one silo | up to so many silos compute half of the time | step there | enough silos | step there | sent a step there | memory there |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (preset, batch) in Drawn)
        {
            var curve = ScalingCurve.Of(PlannedJob.OfPreset(preset, batch), Facts, Most);
            var (one, e, half) = (curve.Points[0], curve.Enough, curve.HalfBusy!);
            var line = plot.Add.Scatter(curve.Points.Select(p => Log(p.Silos)).ToArray(), curve.Points.Select(p => Log(p.Total)).ToArray());
            (line.LegendText, line.LineWidth, line.MarkerSize) = ($"{preset}, batch {batch:N0}", 2, 5);
            var ideal = plot.Add.ScatterLine(new[] { 0.0, Log(Most) }, [Log(one.Total), Log(one.Total / Most)]);
            (ideal.LineColor, ideal.LinePattern, ideal.LineWidth) = (line.Color.WithAlpha(0.5), LinePattern.Dotted, 1);
            plot.Add.Marker(Log(e.Silos), Log(e.Total), MarkerShape.OpenCircle, 14, line.Color).LineWidth = 2;
            plot.Add.Marker(Log(half.Silos), Log(half.Total), MarkerShape.OpenSquare, 12, line.Color).LineWidth = 2;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {preset} | {batch:N0} | {Quantity.OfTime(one.Total)} | {half.Silos:N0} | {Quantity.OfTime(half.Total)} | {e.Silos:N0} | {Quantity.OfTime(e.Total)} | {Quantity.OfBytes(e.BytesSent)} | {Quantity.OfBytes(e.Memory.Total)} |"));
        }

        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. new[] { 0.1, 1, 10, 100, 900, 7200, 72_000 }.Select(v => new Tick(Log(v), Quantity.OfTime(v)))]);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual(
            [.. new[] { 1, 10, 100, 1000, 10_000 }.Select(v => new Tick(Log(v), v.ToString("N0", CultureInfo.InvariantCulture)))]);
        plot.Title("Predicted step time: 100 Tflop/s a silo, 100 Gbit/s, 20 us");
        plot.XLabel("N, silos (square: they compute half of the time; ring: enough; dotted: one silo / N)");
        plot.YLabel("time of a step");
        plot.ShowLegend(Alignment.UpperRight);
        plot.Axes.SetLimits(-0.2, Log(Most) + 0.2, Log(0.1), Log(200_000));
        plot.SavePng(path, 900, 600);
    }

    private static double Log(double value) => Math.Log10(value);
}
