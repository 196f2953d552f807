using System.CommandLine;
using Granary.Client.Display;
using Granary.Contracts;
using Granary.Sdk.Connecting;

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
        var overwrite = CommandParts.Overwrite("the results of another run in the job file's output.path; nothing else there is touched");
        return new Command("submit", "Hands a job to the lasting cluster. To one elsewhere (granary login), files that are here are uploaded, and other absolute paths are the cluster's own.") { file, set, run, overwrite, detach, priority, home, json }.Does(async (result, cancellation) =>
        {
            var (path, overrides) = (result.GetValue(file)!, result.GetValue(set) ?? []);
            if (CommandParts.Remote() is { } cluster)
            {
                var taken = await SubmitElsewhere(cluster, result.GetValue(run), (path, overrides, result.GetValue(priority), result.GetValue(overwrite)), cancellation);
                return await CommandParts.WithCluster(result.GetValue(home)!, cancellation, client => Say(client, taken));
            }

            var job = JobCheck.Load(path, overrides);
            var from = ContinueOption.Check(result.GetValue(run), job);
            using var narrator = Narrator.OfThisProcess();
            return await CommandParts.WithCluster(result.GetValue(home)!, narrator, stop => JobCheck.ReadData(path, overrides, narrator, stop), cancellation, async (client, report) =>
            {
                var warnings = JobCheck.Warnings(report);
                JobCheck.Say(warnings, Console.Error.WriteLine);
                var id = (await client.Submit(new Submission(job, null, null, result.GetValue(priority), from, Warnings: warnings, Overwrite: result.GetValue(overwrite)), cancellation)).Id;
                return await Say(client, id);
            });

            async Task<int> Say(GranaryClient client, string id)
            {
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
            }
        });
    }

    private static async Task<string> SubmitElsewhere(
        RemoteCluster cluster, string? run, (string File, string[] Overrides, int Priority, bool Overwrite) job, CancellationToken cancellation)
    {
        if (run is not null)
        {
            throw new UserException(ExitCode.Usage, $"--continue {run}: the run is on this machine, and the cluster is at {cluster}. Submit the job where its silos see the run.");
        }

        using var api = new HttpApi(cluster);
        using var narrator = Narrator.OfThisProcess();
        var (id, warnings) = await new RemoteSubmission(api, narrator).Submit(job.File, job.Overrides, job.Priority, job.Overwrite, cancellation);
        JobCheck.Say(warnings, Console.Error.WriteLine);
        return id;
    }
}
