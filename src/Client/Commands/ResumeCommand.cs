using System.CommandLine;

namespace Granary.Client.Commands;

/// <summary><c>granary resume JOB</c></summary>
internal static class ResumeCommand
{
    public static Command Create()
    {
        var (job, home) = (CommandParts.JobId(), CommandParts.Home());
        return new Command("resume", "Puts a paused job back in the queue; it goes on where it stopped.") { job, home }.Does((result, cancellation) =>
            CommandParts.WithCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var id = result.GetValue(job)!;
                var paused = client.GetJob(id);
                var status = await paused.GetStatusAsync(cancellation);
                if (!await paused.ResumeAsync(cancellation))
                {
                    throw new UserException(ExitCode.Usage, $"{id} is {status.State.ToString().ToLowerInvariant()}: there is nothing to go on with.");
                }

                CommandParts.Result($"{id} goes on from step {status.Step} when its turn comes");
                return ExitCode.Done;
            }));
    }
}
