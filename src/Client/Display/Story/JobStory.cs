using Granary.Contracts;

namespace Granary.Client.Display.Story;

/// <summary>A job's story: how it stands, the first cause of what went wrong, what the cluster did, what was lost and what to do.
/// Plain rules over the events that the coordinator has stored; each kind of event is covered by one of the findings.</summary>
internal static class JobStory
{
    /// <summary>What is looked for, in the order in which it is told.</summary>
    public static IReadOnlyList<IFinding> Findings { get; } =
    [
        new Outcome(), new Interruptions(), new StepsTakenAgain(), new CheckpointFaults(), new StorageFaults(), new SlowSilos(), new SilosThatStandBy(), new TrackingFaults(),
        new ChangesOfSilos(), new Pauses(),
    ];

    /// <summary>Tells it, a line for each finding.</summary>
    public static string Tell(JobStatus status, IReadOnlyList<JobEvent> events)
    {
        var record = new JobRecord(status, events);
        var told = Findings.Select(f => (f.IsFault, Text: f.Tell(record))).Where(f => f.Text is not null).ToArray();
        var lines = told.Select(f => f.Text!).ToList();
        if (!told.Any(f => f.IsFault) && status.State is not (JobState.Failed or JobState.Queued))
        {
            lines.Add("Nothing went wrong.");
        }

        return string.Join('\n', lines);
    }
}
