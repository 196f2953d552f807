using System.CommandLine;
using Granary.Client.Display;

namespace Granary.Client.Commands;

/// <summary><c>granary goodput JOB</c>: where a job's time went.</summary>
internal static class GoodputCommand
{
    public static Command Create()
    {
        var (job, home, json) = (CommandParts.JobId(), CommandParts.Home(), CommandParts.Json());
        return new Command("goodput", "Tells where each second of a job went, from its submission to its end: computing, waiting, recovering and more.") { job, home, json }.Does((result, cancellation) =>
            CommandParts.AskCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var id = result.GetValue(job)!;
                var report = await client.GetJob(id).GetGoodputAsync(cancellation)
                    ?? throw new UserException(ExitCode.JobFailed, $"{id} was run by an older version, which did not measure where its time went.");
                if (result.GetValue(json))
                {
                    JobDocument.Write(report.Document());
                }
                else
                {
                    Console.Write(GoodputText.Of(report, Terminal.OutputWidth));
                }

                return ExitCode.Done;
            }));
    }
}
