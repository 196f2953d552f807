using Granary.Contracts;
using Granary.Grains.Goodput;
using Granary.Grains.Telemetry;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>The stored state of a job.</summary>
[GenerateSerializer, Alias("granary.CoordinatorState")]
internal sealed class CoordinatorState
{
    [Id(0)] public Submission? Submission { get; set; }

    [Id(1)] public JobState State { get; set; }

    [Id(2)] public long Generation { get; set; }

    [Id(3)] public int Recoveries { get; set; }

    [Id(4)] public DataFacts? Facts { get; set; }

    [Id(5)] public string? Failure { get; set; }

    [Id(6)] public JobResult? Result { get; set; }

    [Id(7)] public DateTimeOffset Submitted { get; set; }

    [Id(8)] public double Seconds { get; set; }

    [Id(9)] public List<MemberStatus> Members { get; set; } = [];

    [Id(10)] public bool CancelAsked { get; set; }

    [Id(11)] public bool PauseAsked { get; set; }

    /// <summary>Progress that only a recovery from a checkpoint can undo.</summary>
    [Id(12)] public ProgressState? Progress { get; set; }

    [Id(13)] public List<DurableCheckpoint> Checkpoints { get; set; } = [];

    [Id(14)] public List<JobEvent> Events { get; set; } = [];

    /// <summary>Whether the job has stopped with a checkpoint of its last step: resuming is no recovery.</summary>
    [Id(15)] public bool Parked { get; set; }

    /// <summary>Platform of the job's silos, once a generation has started.</summary>
    [Id(16)] public string? Platform { get; set; }

    /// <summary>Whether the job owns its output folder.</summary>
    [Id(17)] public bool HasOutput { get; set; }

    /// <summary>Silos absent from the newest generation, and why.</summary>
    [Id(18)] public List<AbsentSilo> Absent { get; set; } = [];

    /// <summary>What had been done before the job was last started or resumed.</summary>
    [Id(19)] public WorkDone Earlier { get; set; } = WorkDone.None;

    /// <summary>What has been done in total.</summary>
    public WorkDone Done(ProgressState? progress) => new(progress?.Committed ?? 0, progress?.Examples ?? 0, Seconds);

    /// <summary>The worst result of the silos' gradient checks.</summary>
    [Id(20)] public GradientRecord? Gradients { get; set; }

    /// <summary>Where the job's time went.</summary>
    [Id(21)] public TimeLedger Time { get; set; } = new();

    /// <summary>Name of the store that the job's checkpoints are in, once a generation has started; null with checkpoints: an earlier build's, the directory.</summary>
    [Id(22)] public string? CheckpointStore { get; set; }

    /// <summary>What the job did one after the other.</summary>
    [Id(23)] public JobPhases Phases { get; set; } = new();

    /// <summary>Steps that were ever committed: those beyond are new ones, whatever was lost. It outlives a coordinator that is lost in the middle of a recovery.</summary>
    [Id(24)] public long Reached { get; set; }

    /// <summary>Notes an event. The first events and the newest ones are kept.</summary>
    public JobEvent Note(JobEventKind kind, string? silo, string message, Rewind? rewind = null)
    {
        var noted = new JobEvent(DateTimeOffset.UtcNow, kind, Progress?.Committed ?? 0, Generation, silo, message, rewind);
        Events.Add(noted);
        if (Events.Count > JobEvent.Kept)
        {
            Events.RemoveAt(JobEvent.Kept / 3);
        }

        return noted;
    }
}
