using System.CommandLine;
using Granary.Client.Display.Story;

namespace Granary.Client.Commands;

/// <summary><c>granary why JOB</c></summary>
internal static class WhyCommand
{
    public static Command Create()
    {
        var (job, home) = (CommandParts.JobId(), CommandParts.Home());
        return new Command("why", "Why a job failed, stalled or was slow, what was done about it and what to do.") { job, home }.Does((result, cancellation) =>
            CommandParts.AskCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var status = await client.GetJob(result.GetValue(job)!).GetStatusAsync();
                Console.WriteLine(JobStory.Tell(status, await client.GetJob(status.JobId).GetEventsAsync()));
                return ExitCode.Done;
            }));
    }
}
