using System.Globalization;
using Granary.Contracts;

namespace Granary.Client.Display;

/// <summary>A job's story in one paragraph: the first cause, what the cluster did about it, and what to do. Plain rules.</summary>
internal static class JobStory
{
    /// <summary>Tells it.</summary>
    public static string Tell(JobStatus status, IReadOnlyList<JobEvent> events)
    {
        var state = status.State.ToString().ToLowerInvariant();
        var parts = new List<string> { Head(status, state) };
        var lost = events.Where(e => e.Kind is JobEventKind.SiloLost or JobEventKind.Stalled).ToArray();
        var slow = events.Where(e => e.Kind == JobEventKind.SlowSilo).ToArray();
        var damaged = events.Where(e => e.Kind is JobEventKind.CheckpointDamaged or JobEventKind.CheckpointFailed).ToArray();
        if (lost.Length > 0)
        {
            parts.Add(Lost(lost, events, status));
        }

        if (damaged.Length > 0)
        {
            parts.Add(Invariant($"Checkpoints: {damaged[^1].Message} ({damaged.Length} such events). Look at the disk's space and health."));
        }

        if (events.LastOrDefault(e => e.Kind == JobEventKind.StorageFailed) is { } storage)
        {
            parts.Add(Invariant($"At step {storage.Step} {storage.Message}; the job went on and stored it later. Look at the store's disk and health."));
        }

        if (slow.Length > 0)
        {
            parts.Add(Invariant($"At step {slow[^1].Step} {slow[^1].Message}. Give it a core of its own, or stop it: the job goes on with the others."));
        }

        if (events.LastOrDefault(e => e.Kind == JobEventKind.StoppedEarly) is { } stopped)
        {
            parts.Add($"It {stopped.Message}.");
        }

        if (status.State == JobState.Queued)
        {
            parts.Add("It waits for a job that runs now to end. See: granary jobs.");
        }

        if (parts.Count == 1 && status.State is JobState.Completed or JobState.Running)
        {
            parts.Add("Nothing went wrong.");
        }

        return string.Join(' ', parts);
    }

    private static string Head(JobStatus s, string state) => s.Failure is { } failure
        ? Invariant($"{s.JobId} failed: {failure}")
        : Invariant($"{s.JobId} is {state} at step {s.Step} of {s.Steps}{(s.State == JobState.Running && s.Activity is { Length: > 0 } and not "training" ? $" ({s.Activity})" : "")}.");

    private static string Lost(JobEvent[] lost, IReadOnlyList<JobEvent> events, JobStatus status)
    {
        var first = lost[0];
        var formed = events.FirstOrDefault(e => e.Kind == JobEventKind.Formed && e.At > lost[^1].At);
        var done = formed is null
            ? "The cluster has not formed a new set of silos yet."
            : Invariant($"The cluster went on with {formed.Message} after {(formed.At - lost[^1].At).TotalSeconds:0.0} s; no step was lost.");
        return Invariant($"First cause: {first.Message}, at step {first.Step} ({first.At.ToLocalTime():HH:mm:ss}). ")
            + (lost.Length > 1 ? Invariant($"Such losses: {lost.Length} in all, the last one: {lost[^1].Message}. ") : "")
            + done
            + (status.State == JobState.Failed ? "" : " If you did not stop the silo yourself, see: granary logs.");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
