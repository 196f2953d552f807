using System.CommandLine;
using System.Globalization;
using Granary.Client.Display;

namespace Granary.Client.Commands;

/// <summary><c>granary jobs</c></summary>
internal static class JobsCommand
{
    public static Command Create()
    {
        var (home, json) = (CommandParts.Home(), CommandParts.Json());
        return new Command("jobs", "Every job of the cluster.") { home, json }.Does((result, cancellation) =>
            CommandParts.AskCluster(result.GetValue(home)!, cancellation, async client =>
            {
                var jobs = await client.ListJobsAsync();
                if (result.GetValue(json))
                {
                    JobDocument.Write(new { jobs = jobs.Select(JobDocument.Standing) });
                    return ExitCode.Done;
                }

                var table = new TextTable(text: false, "job", "group", "state", ">step", "submitted");
                foreach (var j in jobs)
                {
                    table.Add(
                        j.JobId,
                        j.Group ?? "",
                        j.State.ToString().ToLowerInvariant(),
                        string.Create(CultureInfo.InvariantCulture, $"{j.Step}/{j.Steps}"),
                        j.Submitted.ToString("u", CultureInfo.InvariantCulture));
                }

                Console.Write(table.Text(Terminal.OutputWidth));
                return ExitCode.Done;
            }));
    }
}
