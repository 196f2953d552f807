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

/// <summary>A job's ledger, with all that is needed to recompute it.</summary>
/// <param name="Job">The resolved job.</param>
/// <param name="Facts">What its shards agreed on; null before the data has been read.</param>
/// <param name="Committed">Committed steps.</param>
/// <param name="Epochs">Every finished epoch.</param>
/// <param name="Recoveries">Times that training went on after a silo was lost.</param>
[GenerateSerializer, Immutable, Alias("granary.LedgerReport")]
public sealed record LedgerReport(
    [property: Id(0)] Job Job,
    [property: Id(1)] DataFacts? Facts,
    [property: Id(2)] long Committed,
    [property: Id(3)] IReadOnlyList<LedgerEntry> Epochs,
    [property: Id(4)] int Recoveries);

/// <summary>What kind of thing happened to a job.</summary>
[GenerateSerializer, Alias("granary.JobEventKind")]
public enum JobEventKind { Started, Formed, SiloLost, Trouble, Resized, Paused, Checkpoint, CheckpointFailed, CheckpointDamaged, SlowSilo, Stalled, Ended, StorageFailed, StoppedEarly, Resumed }

/// <summary>Something that happened to a job.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Step">Committed steps then.</param>
/// <param name="Generation">Generation then.</param>
/// <param name="Silo">The silo concerned, where one is.</param>
/// <param name="Message">For people: what, and why.</param>
[GenerateSerializer, Immutable, Alias("granary.JobEvent")]
public sealed record JobEvent(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] JobEventKind Kind,
    [property: Id(2)] long Step,
    [property: Id(3)] long Generation,
    [property: Id(4)] string? Silo,
    [property: Id(5)] string Message);
