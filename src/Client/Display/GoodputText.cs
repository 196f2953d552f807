using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>Where a job's time went, for people.</summary>
internal static class GoodputText
{
    private const int BarWidth = 20;

    /// <param name="report">Where the time went.</param>
    /// <param name="width">Columns of the terminal; null: no limit.</param>
    /// <returns>A table of the parts that took any time, and what went wrong.</returns>
    public static string Of(GoodputReport report, int? width)
    {
        var table = new TextTable(text: false, "part", ">seconds", ">share", "");
        foreach (var (part, seconds) in report.Parts)
        {
            if (seconds >= 0.0005)
            {
                var share = seconds / report.WallSeconds;
                table.Add(GoodputReport.Name(part), Number(seconds), Percent(share), new string('#', (int)Math.Round(share * BarWidth)));
            }
        }

        table.Add("all", Number(report.WallSeconds), "100.0 %", "");
        string[] losses =
        [
            $"Goodput {Percent(report.Goodput)}: the part of the time that computed, exchanged, updated or evaluated what counts.",
            .. report.StepsRedone > 0 ? [$"{Plural.Of(report.StepsRedone, "step")} had to be taken again ({Plural.Of(report.ExamplesInVain, "example")} computed in vain)."] : Array.Empty<string>(),
            .. report.Recoveries.Count > 0 ? [$"Recoveries: {string.Join(", ", report.Recoveries.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => $"{r.Value} x {r.Key}"))}."] : Array.Empty<string>(),
        ];
        return table.Text(width) + string.Concat(losses.Select(l => l + "\n"));
    }

    private static string Number(double seconds) => seconds.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");
}
