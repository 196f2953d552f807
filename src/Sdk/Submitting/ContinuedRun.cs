using System.Text.Json;
using Granary.Jobs;

namespace Granary.Sdk.Submitting;

/// <summary>The output folder of a run that a longer version of its job goes on from.</summary>
internal static class ContinuedRun
{
    /// <summary>Why a job cannot go on from a run; null: it can.</summary>
    /// <param name="run">The folder.</param>
    /// <param name="job">The job.</param>
    /// <exception cref="JobException">The run's job file cannot be read.</exception>
    /// <exception cref="JobRefusedException">Its summary cannot.</exception>
    public static string? Refusal(string run, Job job)
    {
        if (StoredPath.Is(run))
        {
            return "a run in a store cannot be continued from there: copy its folder to this machine first";
        }

        var folder = Path.GetFullPath(run);
        if (!File.Exists(Path.Combine(folder, "state", "state.json")) || !File.Exists(Path.Combine(folder, "job.yaml")))
        {
            return "this is no output folder of a job that completed or was interrupted (it has no job.yaml, or no state/state.json)";
        }

        var before = JobFile.Load(Path.Combine(folder, "job.yaml"), [], folder, anyKind: true);
        return Continuation.Refusal(before, job) ?? Continuation.NothingLeft(before, job, End(Path.Combine(folder, "summary.json")));
    }

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
            throw new JobRefusedException($"{summary}: this is no summary of a run: {e.Message}");
        }
    }
}
