using System.CommandLine;
using Granary.Contracts;

namespace Granary.Client.Commands;

/// <summary><c>granary pause JOB</c></summary>
internal static class PauseCommand
{
    public static Command Create()
    {
        var (job, home) = (CommandParts.JobId(), CommandParts.Home());
        return new Command("pause", "Stops a job at its next step boundary, with a checkpoint; its silos are free for others.") { job, home }.Does((result, cancellation) =>
            CommandParts.WithCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var paused = client.GetJob(result.GetValue(job)!);
                MustGoOn(await paused.GetStatusAsync(cancellation));
                var status = await paused.PauseAsync(cancellation);
                CommandParts.Result($"{status.JobId} {status.State.ToString().ToLowerInvariant()} after step {status.Step}");
                return status.State == JobState.Paused ? ExitCode.Done : ExitCode.JobFailed;
            }));
    }

    private static void MustGoOn(JobStatus status)
    {
        if (status.State is not (JobState.Running or JobState.Queued or JobState.Paused))
        {
            throw new UserException(ExitCode.Usage, $"{status.JobId} is {status.State.ToString().ToLowerInvariant()}: there is nothing to pause.");
        }
    }
}
