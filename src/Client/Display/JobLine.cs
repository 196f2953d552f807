using System.Globalization;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Client.Display;

/// <summary>A job's progress in one plain line.</summary>
internal static class JobLine
{
    public static string Of(JobHistory history)
    {
        var s = history.Status!;
        if (s.Steps == 0 || s.State is JobState.Queued)
        {
            return s.State == JobState.Queued ? "queued" : s.WaitingFor is { } reading ? "waiting: " + reading : s.Activity.Length > 0 ? s.Activity : "starting";
        }

        var epoch = Math.Clamp((s.Step + s.StepsPerEpoch - 1) / Math.Max(1, s.StepsPerEpoch), 1, Math.Max(1, s.Epochs));
        string[] epochs = s.Epochs > 0 ? [string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}/{s.Epochs}")] : []; // of a job by steps nobody counts them
        List<string> parts = [.. epochs, string.Create(CultureInfo.InvariantCulture, $"step {s.Step}/{s.Steps}")];
        if (history.Loss is { } loss)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"loss {loss:0.0000}"));
        }

        if (history.LastEvaluation is { } evaluation)
        {
            parts.Add(string.Create(
                CultureInfo.InvariantCulture, $"validation loss {evaluation.ValidationLoss:0.0000} {FigureText.Of(evaluation.ValidationAccuracy, evaluation.ValidationNumbers)}{Of(evaluation.Step, s.Step, " (step", ")")}"));
        }

        if (s.WaitingFor is { } waiting)
        {
            parts.Add("waiting: " + waiting);
            return string.Join("  ", parts);
        }

        parts.Add(s is { State: JobState.Running, Activity: { Length: > 0 } activity } && activity != "training"
            ? activity
            : string.Create(CultureInfo.InvariantCulture, $"{s.ExamplesPerSecond:#,0} examples/s"));
        return string.Join("  ", parts);
    }

    // Figures of another version than the one they stand beside say so.
    private static string Of(long? step, long shown, string before, string after) =>
        step is { } of && of != shown ? string.Create(CultureInfo.InvariantCulture, $"{before} {of}{after}") : "";

    private static string Earlier(JobStatus s) => s.Earlier.Steps == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"; {s.Earlier.Steps:#,0} of the steps, in {s.Earlier.Seconds:0.0} s, before this sitting");

    /// <summary>What a finished job came to, in a few plain lines.</summary>
    public static IEnumerable<string> Summary(JobStatus s)
    {
        if (s.Failure is { } failure)
        {
            yield return $"{s.JobId} failed: {failure}";
        }
        else
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{s.JobId} {s.State.ToString().ToLowerInvariant()}: {Plural.Of(s.Step, "step")}, {Plural.Of(s.Examples, "example")} in {s.Seconds:0.0} s on {Plural.Of(s.Members.Count, "silo")}{(s.Result?.StoppedEarly == true ? $" (of {s.Steps}: stopped early)" : "")}{Earlier(s)}");
        }

        foreach (var absent in s.Absent)
        {
            yield return $"without {absent.Name}: {absent.Why}";
        }

        if (s.Result is { } r)
        {
            if (r.ValidationLoss is not null)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"validation{Of(r.ValidationStep, r.Step, " of step", "")}: {FigureText.Of(r.ValidationAccuracy, r.ValidationNumbers, ", ")}, loss {r.ValidationLoss:0.0000} over {Plural.Of(r.ValidationExamples, "held-out example")}");
            }

            if (r.ValidationFigures is { Threshold: not null } figures)
            {
                yield return ClassText.UnderThreshold(figures);
            }

            yield return string.Create(CultureInfo.InvariantCulture, $"model: {FromHere(r.Output)}/model.safetensors ({Plural.Of(r.Parameters, "weight")}{(r.Step == s.Step ? "" : $", those of step {r.Step}")})");
            yield return $"weights sha256: {r.WeightsSha256}";
        }
    }

    // As a user would type it.
    private static string FromHere(string folder) =>
        !StoredPath.Is(folder) && Path.GetRelativePath(Environment.CurrentDirectory, folder) is var near && near != ".." && !near.StartsWith("../", StringComparison.Ordinal) ? near : folder;
}
