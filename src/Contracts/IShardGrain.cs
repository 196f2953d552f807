namespace Granary.Contracts;

/// <summary>
/// Owns one shard of a job's examples, in memory. Key: "{jobId}/{shard}". Lives in the silo whose worker called it first;
/// its gradient code runs on that worker's compute threads. Holds no weights: a lost activation costs one more reading of
/// its part of the source, never the run.
/// </summary>
[Alias("granary.IShardGrain")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Reads this shard's part of the source, if it has not, and says what is in it.
    /// Null when this activation lives in another silo than <paramref name="silo"/>: it makes way, ask again.</summary>
    [Alias("Survey"), ResponseTimeout(LongAnswer.Time)]
    Task<ShardSurvey?> Survey(Job job, string silo);

    /// <summary>What the job asks to know about this shard's training part.</summary>
    [Alias("Statistics"), ResponseTimeout(LongAnswer.Time)]
    Task<TrainingStatistics> Statistics(DataFacts facts);

    /// <summary>Makes the examples ready, reading them where that has not been done, and hands them to this silo's compute
    /// threads. False when this activation lives in another silo than <paramref name="silo"/>: it makes way, ask again.</summary>
    [Alias("Join"), ResponseTimeout(LongAnswer.Time)]
    Task<bool> Join(Job job, DataFacts facts, string silo);

    /// <summary>Lets go of the examples and ends this activation, if it lives in <paramref name="silo"/>.</summary>
    [Alias("Leave")]
    Task Leave(string silo);
}
