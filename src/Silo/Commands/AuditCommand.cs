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

    private sealed record Steps(long FirstStep, long EndStep, ulong[] Digests, long[] Examples);

    public static Command Create()
    {
        var papers = new Argument<string>("papers") { Description = "Folder with job.yaml, facts.json, ledger.json and, where steps of another epoch follow, steps.json." };
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

        var batches = BatchPlan.Of(job, facts.TrainingRows);
        var steps = File.Exists(Path.Combine(papers, "steps.json")) ? Read<Steps>(papers, "steps.json") : null;
        faults += Complain(
            steps is not null && steps.FirstStep != next * batches.StepsPerEpoch, $"steps {next * batches.StepsPerEpoch} to {(steps?.FirstStep ?? 0) - 1} are not in the ledger");
        for (var shard = 0; shard < job.Data.Shards; shard++)
        {
            var data = ShardData.Read(job, shard);
            var whole = data.Ledger(facts);
            foreach (var entry in ledger)
            {
                // Windows that are drawn are others in every epoch.
                for (var (epoch, end) = (entry.FirstEpoch, job.Data.DrawsWindows ? entry.EndEpoch : entry.FirstEpoch + 1); epoch < end; epoch++)
                {
                    var epochs = epoch == entry.EndEpoch - 1 ? $"epoch {epoch}" : $"epochs {epoch} to {entry.EndEpoch - 1}";
                    var expected = job.Data.DrawsWindows ? data.Ledger(facts, epoch, [(0, (int)batches.RowsPerEpoch(shard))]) : whole;
                    faults += Compare($"shard {shard}, {epochs}", (entry.Examples[shard], entry.Digests[shard]), expected);
                }
            }

            if (steps is not null)
            {
                var expected = data.Ledger(facts, batches.EpochOf(steps.FirstStep), batches.Rows(steps.FirstStep, steps.EndStep, shard));
                faults += Compare($"shard {shard}, steps {steps.FirstStep} to {steps.EndStep - 1}", (steps.Examples[shard], steps.Digests[shard]), expected);
            }
        }

        return faults == 0 ? 0 : 1;
    }

    private static int Compare(string where, (long Rows, ulong Digest) counted, (long Rows, ulong Digest) expected) =>
        Complain(counted.Rows != expected.Rows, $"{where}: {Plural.Of(counted.Rows, "example")} counted, but it has {expected.Rows}")
        + Complain(counted.Rows == expected.Rows && counted.Digest != expected.Digest, $"{where}: as many examples as it has were counted, but not each of them once");

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
