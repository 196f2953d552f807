using System.CommandLine;
using Granary.Jobs;
using Granary.Sdk.Submitting;

namespace Granary.Client.Commands;

/// <summary><c>--continue RUN</c>: a longer version of a job that has run goes on from its last step.</summary>
internal static class ContinueOption
{
    public static Option<string?> Create() => new Option<string?>("--continue")
    {
        Description = "Output folder of a shorter run of the same job, completed or interrupted: goes on from its last step.",
    }.IsPath();

    /// <summary>Checks that a job can go on from a run; returns its folder, absolute.</summary>
    /// <exception cref="UserException">It cannot; the message says why.</exception>
    public static string? Check(string? run, Job job)
    {
        if (run is null)
        {
            return null;
        }

        return ContinuedRun.Refusal(run, job) is { } refusal ? throw new UserException(ExitCode.Usage, $"--continue {run}: {refusal}.") : Path.GetFullPath(run);
    }
}
