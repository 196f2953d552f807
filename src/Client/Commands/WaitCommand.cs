using System.CommandLine;

namespace Granary.Client.Commands;

/// <summary><c>granary wait JOB</c></summary>
internal static class WaitCommand
{
    public static Command Create()
    {
        var (job, home, json) = (CommandParts.JobId(), CommandParts.Home(), CommandParts.Json());
        return new Command("wait", "Waits until a job ends.") { job, home, json }.Does((result, cancellation) =>
            CommandParts.WithCluster(result.GetValue(home)!, cancellation, client =>
                CommandParts.Follow(client, result.GetValue(job)!, result.GetValue(json), show: false, cancellation)));
    }
}
