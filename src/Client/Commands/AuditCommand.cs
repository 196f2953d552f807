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
                if (ledger?.Facts is null || ledger.Epochs.Count == 0)
                {
                    throw new UserException(ExitCode.JobFailed, $"{id} has not finished an epoch yet: there is nothing to audit.");
                }

                return await Compare(id, ledger, cancellation);
            }));
    }

    private static string Verdict(string id, LedgerReport ledger, string verdict) => $"{id}: {Plural.Of(ledger.Committed, "committed step")}, "
        + $"{Plural.Of(ledger.Epochs[^1].EndEpoch, "finished epoch")}, {Plural.Of(ledger.Recoveries, "recovery")}: {verdict}";

    private static async Task<int> Compare(string id, LedgerReport ledger, CancellationToken cancellation)
    {
        using var papers = new TemporaryFolder("granary-audit-");
        await File.WriteAllTextAsync(Path.Combine(papers.Path, "job.yaml"), JobFile.Write(ledger.Job), cancellation);
        await File.WriteAllTextAsync(
            Path.Combine(papers.Path, "ledger.json"), JsonSerializer.Serialize(ledger.Epochs, JsonSerializerOptions.Web), cancellation);
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

        CommandParts.Result(Verdict(id, ledger, "every example of every finished epoch was counted exactly once"));
        return ExitCode.Done;
    }
}
