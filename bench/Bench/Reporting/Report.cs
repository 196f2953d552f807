using System.Diagnostics;
using Granary.Bench.Measuring;

namespace Granary.Bench.Reporting;

/// <summary>Runs comparisons, prints their rows as they come, and writes the results.</summary>
internal static class Report
{
    private const string Interrupted = "the run was interrupted before its end";

    /// <returns>0; 1 where a comparison could not be made at all.</returns>
    public static async Task<int> Run(Session session, IReadOnlyList<IComparison> comparisons, bool whole, CancellationToken cancellation)
    {
        var began = Stopwatch.StartNew();
        var results = new Results(session, Path.Combine(session.Root, "bench", "results"), whole ? "latest" : string.Join('+', comparisons.Select(c => c.Name)));
        foreach (var comparison in comparisons)
        {
            if (cancellation.IsCancellationRequested)
            {
                results.Fail(comparison.Name, Interrupted);
                continue;
            }

            session.Say($"{comparison.Name}: {began.Elapsed.TotalSeconds:0} s");
            try
            {
                var findings = await comparison.Run(session, cancellation);
                results.Add(comparison.Name, findings);
                Print(findings);
            }
            catch (Exception) when (cancellation.IsCancellationRequested)
            {
                results.Fail(comparison.Name, Interrupted); // what was measured before is not lost
            }
            catch (Exception e) when (e is ChildException or InvalidOperationException)
            {
                results.Fail(comparison.Name, e.Message);
                session.Say($"  failed: {e.Message}");
            }
        }

        results.Write(began.Elapsed);
        return results.Failed ? 1 : 0;
    }

    private static void Print(Findings findings)
    {
        foreach (var side in findings.Measured?.Arithmetic ?? [])
        {
            Console.WriteLine($"  {side.Side}: {Figure.Text(side.Gflops)} GFLOP/s with {side.Library} ({side.Version})");
        }

        if (findings.Measured is { } measured)
        {
            Console.WriteLine($"  {Circumstances.Quiet(measured.Rounds)}");
        }

        foreach (var note in findings.Notes)
        {
            Console.WriteLine(note);
        }

        foreach (var row in findings.Rows)
        {
            Console.WriteLine(
                $"{row.Name,-58} {Text(row.Granary),-26} {(row.Peer is { } peer ? Text(peer) : ""),-26} {row.Unit,-12} "
                + $"{(row.Ratio is { } ratio ? "x " + Text(ratio) : ""),-24} {row.Target} {(row.Met switch { true => "met", false => "MISSED", null => "" })}");
        }
    }

    private static string Text(Spread spread) => $"{Figure.Text(spread.Median)} ({Figure.Text(spread.Min)}-{Figure.Text(spread.Max)})";
}
