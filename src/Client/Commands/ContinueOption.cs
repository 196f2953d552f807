using System.CommandLine;
using System.Text.Json;
using Granary.Jobs;

namespace Granary.Client.Commands;

/// <summary><c>--continue RUN</c>: a longer version of a job that has run goes on from its last step.</summary>
internal static class ContinueOption
{
    public static Option<string?> Create() => new("--continue")
    {
        Description = "Output folder of a shorter run of the same job, completed or interrupted: goes on from its last step.",
    };

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

    private static string? Refusal(string folder, Job before, Job job)
    {
        if (Continuation.Refusal(before, job) is { } refusal)
        {
            return refusal;
        }

        var summary = Path.Combine(folder, "summary.json");
        var root = File.Exists(summary) ? JsonDocument.Parse(File.ReadAllText(summary)).RootElement : default;
        var completed = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("state", out var state) && state.GetString() == "completed";
        var early = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("stoppedEarly", out var stopped) && stopped.GetBoolean();
        return early && job.Training.EarlyStopping?.Patience <= before.Training.EarlyStopping?.Patience
                ? "the run stopped early, and would stop again at the same step: set more training.earlyStopping.patience, or take training.earlyStopping out"
            : completed && !early && job.Training.Epochs == before.Training.Epochs
                ? $"the run has all of its {before.Training.Epochs} epochs: set more, such as --set training.epochs={2 * before.Training.Epochs}"
            : null;
    }
}
