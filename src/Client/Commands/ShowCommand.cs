using System.CommandLine;
using System.Globalization;
using Granary.Client.Display;

namespace Granary.Client.Commands;

/// <summary><c>granary show JOB</c></summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var (job, home, json) = (CommandParts.JobId(), CommandParts.Home(), CommandParts.Json());
        return new Command("show", "Where a job stands.") { job, home, json }.Does((result, cancellation) =>
            CommandParts.AskCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var status = await client.GetJob(result.GetValue(job)!).GetStatusAsync();
                if (result.GetValue(json))
                {
                    JobDocument.Write(JobDocument.Standing(status));
                    return ExitCode.Done;
                }

                var history = new JobHistory();
                history.Add(status);
                Console.WriteLine($"{status.JobId}: {status.State.ToString().ToLowerInvariant()}  {JobLine.Of(history)}");
                var table = new TextTable(text: true, "time", ">step", "event");
                foreach (var happened in await client.GetJob(status.JobId).GetEventsAsync())
                {
                    table.Add(
                        happened.At.ToLocalTime().ToString("HH:mm:ss.f", CultureInfo.InvariantCulture), happened.Step.ToString(CultureInfo.InvariantCulture), happened.Message);
                }

                Console.Write(table.Text(Terminal.OutputWidth));

                return ExitCode.Done;
            }));
    }
}
