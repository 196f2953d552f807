using System.CommandLine;

namespace Granary.Client.Commands;

/// <summary><c>granary check JOB.yaml</c></summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var (file, set) = (CommandParts.JobFileArgument(), CommandParts.Set());
        return new Command("check", "Checks a job file and its data without training.") { file, set }.Does(async (result, cancellation) =>
        {
            var (_, report) = await JobCheck.Run(result.GetValue(file)!, result.GetValue(set) ?? [], cancellation);
            await Console.Out.WriteAsync(report);
            return ExitCode.Done;
        });
    }
}
