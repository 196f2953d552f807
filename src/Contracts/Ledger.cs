namespace Granary.Contracts;

/// <summary>What the committed steps of some whole epochs have counted. Epochs that counted the same stand together: a job
/// without fault has one entry.</summary>
/// <param name="FirstEpoch">First of them.</param>
/// <param name="EndEpoch">One past the last.</param>
/// <param name="Digests">Per shard: wrapping sum of the digests of the rows gathered in one of these epochs.</param>
/// <param name="Examples">Per shard: examples counted in one of these epochs.</param>
[GenerateSerializer, Immutable, Alias("granary.LedgerEntry")]
public sealed record LedgerEntry(
    [property: Id(0)] int FirstEpoch,
    [property: Id(1)] int EndEpoch,
    [property: Id(2)] IReadOnlyList<ulong> Digests,
    [property: Id(3)] IReadOnlyList<long> Examples);

/// <summary>What some steps of an epoch that has not ended have counted.</summary>
/// <param name="FirstStep">First of them: the epoch's first one.</param>
/// <param name="EndStep">One past the last.</param>
/// <param name="Digests">Per shard: wrapping sum of the digests of the rows gathered in them.</param>
/// <param name="Examples">Per shard: examples counted in them.</param>
[GenerateSerializer, Immutable, Alias("granary.LedgerSteps")]
public sealed record LedgerSteps(
    [property: Id(0)] long FirstStep,
    [property: Id(1)] long EndStep,
    [property: Id(2)] IReadOnlyList<ulong> Digests,
    [property: Id(3)] IReadOnlyList<long> Examples);

/// <summary>A job's ledger, with all that is needed to recompute it.</summary>
/// <param name="Job">The resolved job.</param>
/// <param name="Facts">What its shards agreed on; null before the data has been read.</param>
/// <param name="Committed">Committed steps.</param>
/// <param name="Epochs">Every finished epoch.</param>
/// <param name="Recoveries">Times that training went on after a silo was lost.</param>
/// <param name="UnderWay">The steps after the last finished epoch; null: there are none.</param>
[GenerateSerializer, Immutable, Alias("granary.LedgerReport")]
public sealed record LedgerReport(
    [property: Id(0)] Job Job,
    [property: Id(1)] DataFacts? Facts,
    [property: Id(2)] long Committed,
    [property: Id(3)] IReadOnlyList<LedgerEntry> Epochs,
    [property: Id(4)] int Recoveries,
    [property: Id(5)] LedgerSteps? UnderWay = null);

/// <summary>What kind of thing happened to a job. Values are stored: new kinds go to the end.</summary>
[GenerateSerializer, Alias("granary.JobEventKind")]
public enum JobEventKind
{
    /// <summary>The job started, or went on after a pause.</summary>
    Started,

    /// <summary>A generation was formed.</summary>
    Formed,

    /// <summary>A generation ended because a silo was lost.</summary>
    SiloLost,

    /// <summary>A generation ended for another reason.</summary>
    Trouble,

    /// <summary>A generation ended at a step boundary, because silos joined or left.</summary>
    Resized,

    /// <summary>The job was paused.</summary>
    Paused,

    /// <summary>Training went back: steps that had been committed are taken again. See <see cref="JobEvent.Rewind"/>.</summary>
    Rewound,

    /// <summary>A checkpoint could not be written.</summary>
    CheckpointFailed,

    /// <summary>A checkpoint could not be read, and was put aside.</summary>
    CheckpointDamaged,

    /// <summary>The others wait for a silo.</summary>
    SlowSilo,

    /// <summary>Every silo waited for numbers that did not arrive.</summary>
    Stalled,

    /// <summary>The job ended.</summary>
    Ended,

    /// <summary>The job's state could not be stored.</summary>
    StorageFailed,

    /// <summary>The evaluations ended the job before its last step.</summary>
    StoppedEarly,

    /// <summary>A generation committed its first step beyond all those before it.</summary>
    Resumed,

    /// <summary>A silo is left out, because its results might differ in the last bit.</summary>
    StandsBy,

    /// <summary>A tracking server did not take the job's figures.</summary>
    TrackingFailed,

    /// <summary>The job's state could be stored again.</summary>
    StorageBack,
}

/// <summary>How far training went back: the steps in between are taken again, with the same results.</summary>
/// <param name="From">Steps that had been committed.</param>
/// <param name="To">Steps that training goes on from.</param>
/// <param name="Checkpoint">Whether from a checkpoint (at 0: from the start), else from what the silos still held.</param>
[GenerateSerializer, Immutable, Alias("granary.Rewind")]
public sealed record Rewind([property: Id(0)] long From, [property: Id(1)] long To, [property: Id(2)] bool Checkpoint);

/// <summary>Something that happened to a job.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Step">Committed steps then.</param>
/// <param name="Generation">Generation then.</param>
/// <param name="Silo">The silo concerned, where one is.</param>
/// <param name="Message">For people: what, and why.</param>
/// <param name="Rewind">How far training went back, where it did.</param>
[GenerateSerializer, Immutable, Alias("granary.JobEvent")]
public sealed record JobEvent(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] JobEventKind Kind,
    [property: Id(2)] long Step,
    [property: Id(3)] long Generation,
    [property: Id(4)] string? Silo,
    [property: Id(5)] string Message,
    [property: Id(6)] Rewind? Rewind = null)
{
    /// <summary>So many are kept of a job: the first third, and the newest.</summary>
    public const int Kept = 300;
}
