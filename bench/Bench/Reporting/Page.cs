using System.Globalization;
using System.Text;
using Granary.Bench.Measuring;

namespace Granary.Bench.Reporting;

/// <summary>The results as Markdown.</summary>
internal static class Page
{
    public static string Of(
        Session session, Machine machine, IReadOnlyList<(string Comparison, Findings Findings)> parts,
        IReadOnlyDictionary<string, string> failures, string name, TimeSpan time)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# Granary and its peers, side by side\n\n{DateTime.UtcNow:yyyy-MM-dd}, {machine.Processor}, {machine.Cores} cores, ")
            .Append(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.0} minutes{(session.Quick ? ", --quick: few pairs" : "")}. Medians with least and greatest; ")
            .Append("the ratio is the median over the pairs.\n\n");
        foreach (var (key, value) in machine.Versions)
        {
            page.Append(CultureInfo.InvariantCulture, $"- {key}: {value}\n");
        }

        foreach (var (comparison, findings) in parts.Where(p => p.Findings.Rows.Count > 0))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {comparison}\n\n| work | peer | Granary | peer's | unit | ratio, pair by pair | asked | |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
            foreach (var row in findings.Rows)
            {
                page.Append(CultureInfo.InvariantCulture, $"| {row.Work} | {row.PeerName} | {Text(row.Granary)} | {Text(row.Peer)} | {row.Unit} | {Ratios(row)} | {row.Target} | {Verdict(row)} |\n");
            }

            foreach (var note in findings.Notes)
            {
                page.Append('\n').Append(note);
            }

            if (findings.Measured is { } measured)
            {
                page.Append(Circumstances.Of(measured));
            }

            page.Append(CultureInfo.InvariantCulture, $"\n![{comparison}]({name}-{comparison}.png)\n");
        }

        if (session.LeftOut.Count + failures.Count > 0)
        {
            page.Append("\n## Left out\n\n");
            foreach (var (what, why) in session.LeftOut.Concat(failures))
            {
                page.Append(CultureInfo.InvariantCulture, $"- {what}: {why}\n");
            }
        }

        page.Append("\n## Settings\n\n");
        foreach (var (key, value) in machine.Settings)
        {
            page.Append(CultureInfo.InvariantCulture, $"- {key}: {value}\n");
        }

        return page.ToString();
    }

    private static string Text(Spread? spread) =>
        spread is null ? "" : spread.Min == spread.Max ? Figure.Text(spread.Median) : $"{Figure.Text(spread.Median)} ({Figure.Text(spread.Min)} to {Figure.Text(spread.Max)})";

    private static string Ratios(Row row) => row.Ratio is not { } ratio ? ""
        : row.Pairs.Count == 1 ? $"**{Figure.Text(ratio.Median)}**{Circumstances.Mark(row.Pairs[0])}"
        : $"**{Figure.Text(ratio.Median)}** ({string.Join(", ", row.Pairs.Select(p => Figure.Text(p.Ratio!.Value) + Circumstances.Mark(p)))})";

    private static string Verdict(Row row) => row.Met switch { true => "met", false => "**missed**", null => "" };
}
