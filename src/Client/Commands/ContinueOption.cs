using System.CommandLine;
using System.Text.Json;
using Granary.Jobs;

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

        var folder = Path.GetFullPath(run);
        if (!File.Exists(Path.Combine(folder, "state", "state.json")) || !File.Exists(Path.Combine(folder, "job.yaml")))
        {
            throw new UserException(ExitCode.Usage, $"--continue {run}: this is no output folder of a job that completed or was interrupted (it has no "
                + "job.yaml, or no state/state.json).");
        }

        var before = JobFile.Load(Path.Combine(folder, "job.yaml"), [], folder, anyKind: true);
        return Refusal(folder, before, job) is { } refusal ? throw new UserException(ExitCode.Usage, $"--continue {run}: {refusal}.") : folder;
    }

    private static string? Refusal(string folder, Job before, Job job) => Continuation.Refusal(before, job) is { } refusal
        ? refusal
        : Continuation.NothingLeft(before, job, End(Path.Combine(folder, "summary.json")));

    // A run that was cut short may have left no summary.
    private static RunEnd End(string summary)
    {
        if (!File.Exists(summary))
        {
            return new RunEnd(false, false, 0);
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(summary));
            var root = document.RootElement;
            return new RunEnd(
                root.GetProperty("state").GetString() == "completed", root.GetProperty("stoppedEarly").GetBoolean(), root.GetProperty("steps").GetInt64());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UserException(ExitCode.Usage, $"{summary}: this is no summary of a run: {e.Message}");
        }
    }
}
