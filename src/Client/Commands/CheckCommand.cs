using System.CommandLine;
using System.Text.Json;
using Granary.Client.Display;

namespace Granary.Client.Commands;

/// <summary><c>granary check JOB.yaml</c></summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var (file, set, json) = (CommandParts.JobFileArgument(), CommandParts.Set(), CommandParts.Json());
        return new Command("check", "Checks a job file and its data without training, and shows what is in the data and what is doubtful about it.") { file, set, json }.Does(async (result, cancellation) =>
        {
            var (path, overrides) = (result.GetValue(file)!, result.GetValue(set) ?? []);
            var (_, report) = await JobCheck.Run(path, overrides, cancellation, withColumns: true);
            if (result.GetValue(json))
            {
                await Console.Out.WriteAsync(report);
                return ExitCode.Done;
            }

            using var document = JsonDocument.Parse(report);
            await Console.Out.WriteAsync(CheckText.Of(document.RootElement, Terminal.OutputWidth));
            return ExitCode.Done;
        });
    }
}
