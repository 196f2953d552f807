using System.CommandLine;
using Granary.Client.Display;
using Granary.Contracts;

namespace Granary.Client.Commands;

/// <summary><c>granary top [JOB]</c>: what each rank is doing, since when, and whom it waits for.</summary>
internal static class TopCommand
{
    private static readonly TimeSpan DrawEvery = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var job = new Argument<string?>("job") { Description = "The job's id; without it, every job that runs.", Arity = ArgumentArity.ZeroOrOne };
        var (home, json) = (CommandParts.Home(), CommandParts.Json());
        return new Command("top", "Shows live what each rank of a job is doing, since when, and whom it waits for. In a pipe, once.") { job, home, json }.Does((result, cancellation) =>
            CommandParts.AskCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var id = result.GetValue(job);
                if (result.GetValue(json))
                {
                    JobDocument.Write(new { jobs = (await Look(client, id, cancellation)).Select(ActivityText.Document) });
                }
                else if (Console.IsOutputRedirected || !Terminal.Errors.Live)
                {
                    Console.Write(ActivityText.Of(await Look(client, id, cancellation), Terminal.OutputWidth));
                }
                else
                {
                    await Follow(client, id, cancellation);
                }

                return ExitCode.Done;
            }));
    }

    // Until the job has ended, or Ctrl+C.
    private static async Task Follow(GranaryClient client, string? id, CancellationToken cancellation)
    {
        var screen = new LiveText(Terminal.Screen, Terminal.Size);
        while (true)
        {
            var jobs = await Look(client, id, cancellation);
            screen.Draw((width, _) => ActivityText.Of(jobs, width).TrimEnd('\n').Split('\n'));
            if (id is not null && jobs[0].State is JobState.Completed or JobState.Failed or JobState.Cancelled)
            {
                return;
            }

            await Task.Delay(DrawEvery, cancellation);
        }
    }

    private static async Task<IReadOnlyList<JobActivity>> Look(GranaryClient client, string? id, CancellationToken cancellation) => id is not null
        ? [await client.GetJob(id).GetActivityAsync(cancellation)]
        : await Task.WhenAll((await client.ListJobsAsync(cancellation)).Where(j => j.State == JobState.Running).Select(j => client.GetJob(j.JobId).GetActivityAsync(cancellation)));
}
