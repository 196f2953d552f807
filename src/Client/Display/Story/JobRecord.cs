using System.Globalization;
using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>All that the cluster tells of a job.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Events">What has happened to it, oldest first.</param>
internal sealed record JobRecord(JobStatus Status, IReadOnlyList<JobEvent> Events)
{
    /// <summary>Events of some kinds, oldest first.</summary>
    public JobEvent[] Of(params JobEventKind[] kinds) => [.. Events.Where(e => kinds.Contains(e.Kind))];

    /// <summary>The first event of a kind after another one; null: there is none.</summary>
    public JobEvent? After(JobEvent before, JobEventKind kind) => Events.SkipWhile(e => e != before).FirstOrDefault(e => e.Kind == kind);

    /// <summary>Whether the job runs, waits or can be resumed.</summary>
    public bool IsOpen => Status.State is JobState.Queued or JobState.Running or JobState.Paused;

    /// <summary>How often something happened; "at least" where older events are no longer stored.</summary>
    public string Times(int count) => string.Create(
        CultureInfo.InvariantCulture, $"{(Events.Count >= JobEvent.Kept ? "at least " : "")}{count} {(count == 1 ? "time" : "times")}");

    /// <summary>A time of day.</summary>
    public static string Clock(JobEvent e) => e.At.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Text that reads the same everywhere.</summary>
    public static string Plain(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
