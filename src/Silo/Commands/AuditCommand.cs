using System.CommandLine;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Silo.Commands;

/// <summary><c>audit PAPERS</c>: recomputes from the data what every epoch must have counted, and compares with a job's ledger.</summary>
internal static class AuditCommand
{
    // The ledger as the client writes it down; the silo's own records are not asked.
    private sealed record Entry(int FirstEpoch, int EndEpoch, ulong[] Digests, long[] Examples);

    public static Command Create()
    {
        var papers = new Argument<string>("papers") { Description = "Folder with job.yaml, facts.json and ledger.json." };
        var command = new Command("audit", "Compares a job's ledger with its data.") { papers };
        command.SetAction(result =>
        {
            try
            {
                return Run(result.GetValue(papers)!);
            }
            catch (JobException e)
            {
                Console.Error.WriteLine(e.Message);
                return 2;
            }
        });
        return command;
    }

    private static int Run(string papers)
    {
        var job = JobFile.Load(Path.Combine(papers, "job.yaml"), [], papers);
        var facts = Read<DataFacts>(papers, "facts.json");
        var ledger = Read<Entry[]>(papers, "ledger.json");
        var faults = 0;
        var next = 0;
        foreach (var entry in ledger)
        {
            faults += Complain(entry.FirstEpoch != next, $"epochs {next} to {entry.FirstEpoch - 1} are not in the ledger");
            next = entry.EndEpoch;
        }

        for (var shard = 0; shard < job.Data.Shards; shard++)
        {
            var (rows, digest) = ShardData.Read(job, shard).Ledger(facts);
            foreach (var entry in ledger)
            {
                var epochs = entry.EndEpoch == entry.FirstEpoch + 1 ? $"epoch {entry.FirstEpoch}" : $"epochs {entry.FirstEpoch} to {entry.EndEpoch - 1}";
                faults += Complain(
                    entry.Examples[shard] != rows, $"shard {shard}, {epochs}: {Plural.Of(entry.Examples[shard], "example")} counted, but it has {rows}");
                faults += Complain(
                    entry.Examples[shard] == rows && entry.Digests[shard] != digest,
                    $"shard {shard}, {epochs}: as many examples as it has were counted, but not each of them once");
            }
        }

        return faults == 0 ? 0 : 1;
    }

    private static int Complain(bool wrong, string message)
    {
        if (wrong)
        {
            Console.Error.WriteLine(message);
        }

        return wrong ? 1 : 0;
    }

    private static T Read<T>(string papers, string name) =>
        JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(papers, name)), JsonSerializerOptions.Web)
        ?? throw new JobException($"{name}: it is empty.");
}
