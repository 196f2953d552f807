using System.CommandLine;
using Granary.Client.Display;
using Granary.Contracts;

namespace Granary.Client.Commands;

/// <summary><c>granary submit JOB.yaml</c></summary>
internal static class SubmitCommand
{
    public static Command Create()
    {
        var (file, set, home, json) = (CommandParts.JobFileArgument(), CommandParts.Set(), CommandParts.Home(), CommandParts.Json());
        var detach = new Option<bool>("--detach") { Description = "Return as soon as the cluster has the job." };
        var priority = new Option<int>("--priority") { Description = "Jobs of a higher priority start first (default 0)." };
        var run = ContinueOption.Create();
        return new Command("submit", "Hands a job to the lasting cluster.") { file, set, run, detach, priority, home, json }.Does(async (result, cancellation) =>
        {
            var (path, overrides) = (result.GetValue(file)!, result.GetValue(set) ?? []);
            var job = JobCheck.Load(path, overrides);
            var from = ContinueOption.Check(result.GetValue(run), job);
            using var narrator = Narrator.OfThisProcess();
            return await CommandParts.WithCluster(result.GetValue(home)!, narrator, stop => JobCheck.ReadData(path, overrides, narrator, stop), cancellation, async (client, report) =>
            {
                var warnings = JobCheck.Warnings(report);
                JobCheck.Say(warnings, Console.Error.WriteLine);
                var id = (await client.Submit(new Submission(job, null, null, result.GetValue(priority), from, Warnings: warnings), cancellation)).Id;
                if (!result.GetValue(detach))
                {
                    return await CommandParts.Follow(client, id, result.GetValue(json), show: true, cancellation);
                }

                if (result.GetValue(json))
                {
                    JobDocument.Write(new { job = id });
                }
                else
                {
                    Console.WriteLine(id);
                }

                return ExitCode.Done;
            });
        });
    }
}
