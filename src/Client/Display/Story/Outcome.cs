using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>How the job stands, when it started and with which silos, and how it ended.</summary>
internal sealed class Outcome : IFinding
{
    /// <inheritdoc/>
    public IReadOnlyList<JobEventKind> Kinds { get; } = [JobEventKind.Started, JobEventKind.Formed, JobEventKind.StoppedEarly, JobEventKind.Ended];

    /// <inheritdoc/>
    public bool IsFault => false;

    /// <inheritdoc/>
    public string Tell(JobRecord record)
    {
        List<string> parts = [Head(record.Status)];
        if (record.Of(JobEventKind.Started) is [var first, ..] started)
        {
            var with = record.Of(JobEventKind.Formed).FirstOrDefault() is { } formed ? $" as {formed.Message}" : "";
            parts.Add($"It {string.Join(" and ", started.Select(s => s.Message).Distinct())}, first at {JobRecord.Clock(first)}{with}.");
        }

        if (record.Of(JobEventKind.StoppedEarly).LastOrDefault() is { } stopped)
        {
            parts.Add($"It {stopped.Message}.");
        }

        if (record.Of(JobEventKind.Ended).LastOrDefault() is { } ended)
        {
            parts.Add($"It ended at {JobRecord.Clock(ended)}{(ended.Message == record.Status.Failure ? "" : $": {ended.Message}")}.");
        }

        if (record.Status.State == JobState.Queued)
        {
            parts.Add("It waits for a job that runs now to end. See: granary jobs.");
        }

        return string.Join(' ', parts);
    }

    private static string Head(JobStatus s) => s.Failure is { } failure
        ? $"{s.JobId} failed: {failure}"
        : JobRecord.Plain($"{s.JobId} is {s.State.ToString().ToLowerInvariant()} at step {s.Step} of {s.Steps}{Activity(s)}.");

    private static string Activity(JobStatus s) => s.State == JobState.Running && s.Activity is { Length: > 0 } and not "training" ? $" ({s.Activity})" : "";
}
