using System.CommandLine;

namespace Granary.Client.Commands;

/// <summary><c>granary cancel JOB</c></summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var (job, home) = (CommandParts.JobId(), CommandParts.Home());
        return new Command("cancel", "Ends a job at its next step boundary; the last good weights are written. One that waits or is paused ends at once, with its checkpoints.") { job, home }.Does((result, cancellation) =>
            CommandParts.WithCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var id = result.GetValue(job)!;
                await client.GetJob(id).CancelAsync(cancellation);
                CommandParts.Result($"{id} ends at its next step boundary. To wait for it: granary wait {id}");
                return ExitCode.Done;
            }));
    }
}
