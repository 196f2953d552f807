using System.Globalization;
using System.Text;
using Granary.Bench.Measuring;
using Granary.Bench.Quiet;

namespace Granary.Bench.Reporting;

/// <summary>What a comparison was measured under, as Markdown: each side's arithmetic, others on the machine, failures.</summary>
internal static class Circumstances
{
    /// <summary>Marks the figure of a round that was not quiet.</summary>
    public static string Mark(Pair pair) => pair.Quiet == false ? "\u00a0!" : "";

    public static string Of(Measured measured)
    {
        var page = new StringBuilder();
        if (measured.Arithmetic.Count > 0)
        {
            page.Append("\n| side | products of float32, one thread | library | version |\n| --- | --- | --- | --- |\n");
            foreach (var side in measured.Arithmetic)
            {
                page.Append(CultureInfo.InvariantCulture, $"| {side.Side} | {Figure.Text(side.Gflops)} GFLOP/s | {side.Library} | {side.Version} |\n");
            }
        }

        page.Append('\n').Append(Quiet(measured.Rounds)).Append('\n');
        foreach (var failure in measured.Failures)
        {
            page.Append(CultureInfo.InvariantCulture, $"\nRound {failure.Round}: {failure.Side} failed, {failure.Reason}\n");
        }

        return page.ToString();
    }

    /// <summary>How quiet the machine was, in a sentence or two.</summary>
    public static string Quiet(IReadOnlyList<Round> rounds)
    {
        var known = rounds.Where(r => r.Quietness is not null).ToArray();
        if (known.Length == 0)
        {
            return "How quiet the machine was is not known: it has no /proc.";
        }

        var others = known.Select(r => Part(r.Quietness!)).ToArray();
        var loud = known.Where(r => !r.Quietness!.IsQuiet).ToArray();
        return $"Others had {others.Min():0.0 %}{(others.Length > 1 ? $" to {others.Max():0.0 %}" : "")} of the cores' time, "
            + (loud.Length == 0 ? $"and no round more than {Quietness.Most:0 %}."
                : $"more than {Quietness.Most:0 %} in {(loud.Length == 1 ? "round" : "rounds")} {string.Join(", ", loud.Select(r => r.Number))}, marked with !.");
    }

    private static double Part(Quietness quietness) => quietness.Others + quietness.Stolen;
}
