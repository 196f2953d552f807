using System.CommandLine;

namespace Granary.Client.Commands;

/// <summary><c>granary watch JOB</c></summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var (job, home) = (CommandParts.JobId(), CommandParts.Home());
        return new Command("watch", "Shows a job until it ends. Leaving does not stop the job.") { job, home }.Does((result, cancellation) =>
            CommandParts.WithCluster(result.GetValue(home)!, cancellation, client =>
                CommandParts.Follow(client, result.GetValue(job)!, json: false, show: true, cancellation)));
    }
}
