using System.CommandLine;
using System.Text.Json;
using Granary.Client.Local;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>granary audit JOB</c>: reads the data again, in a process of its own, and compares with the ledger.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var (job, home) = (CommandParts.JobId(), CommandParts.Home());
        return new Command("audit", "Proves that every example of every finished epoch was counted exactly once.") { job, home }.Does((result, cancellation) =>
            CommandParts.WithCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var id = result.GetValue(job)!;
                var audited = client.GetJob(id);
                _ = await audited.GetStatusAsync(cancellation);
                var ledger = await audited.Ledger(cancellation);
                if (ledger?.Facts is null || (ledger.Epochs.Count == 0 && ledger.UnderWay is null))
                {
                    throw new UserException(ExitCode.JobFailed, $"{id} has not taken a step yet: there is nothing to audit.");
                }

                return await Compare(id, ledger, cancellation);
            }));
    }

    private static string Verdict(string id, LedgerReport ledger, string verdict) => $"{id}: {Plural.Of(ledger.Committed, "committed step")}, "
        + $"{Plural.Of(ledger.Epochs.Count == 0 ? 0 : ledger.Epochs[^1].EndEpoch, "finished epoch")}, {Plural.Of(ledger.Recoveries, "recovery")}: {verdict}";

    // Of an epoch under way, the steps that have been taken are counted.
    private static string Proved(LedgerReport ledger) => (ledger.Epochs.Count > 0, ledger.UnderWay) switch
    {
        (_, null) => "every example of every finished epoch was counted exactly once",
        (true, var steps) => $"every example of every finished epoch, and of the {Plural.Of(steps.EndStep - steps.FirstStep, "step")} after them, was counted exactly once",
        (false, _) => "every example of every step was counted exactly once",
    };

    private static async Task<int> Compare(string id, LedgerReport ledger, CancellationToken cancellation)
    {
        using var papers = new TemporaryFolder("granary-audit-");
        await File.WriteAllTextAsync(Path.Combine(papers.Path, "job.yaml"), JobFile.Write(ledger.Job), cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(papers.Path, "ledger.json"), JsonSerializer.Serialize(ledger.Epochs, JsonSerializerOptions.Web), cancellation);
        if (ledger.UnderWay is { } steps)
        {
            await File.WriteAllTextAsync(Path.Combine(papers.Path, "steps.json"), JsonSerializer.Serialize(steps, JsonSerializerOptions.Web), cancellation);
        }

        await File.WriteAllTextAsync(
            Path.Combine(papers.Path, "facts.json"), JsonSerializer.Serialize(ledger.Facts, JsonSerializerOptions.Web), cancellation);
        try
        {
            await SiloProgram.Run(["audit", papers.Path], cancellation);
        }
        catch (UserException e) when (e.Code == ExitCode.JobFailed)
        {
            throw new UserException(ExitCode.JobFailed, $"{Verdict(id, ledger, "the ledger does not fit the data")}:\n{e.Message}");
        }

        CommandParts.Result(Verdict(id, ledger, Proved(ledger)));
        return ExitCode.Done;
    }
}
