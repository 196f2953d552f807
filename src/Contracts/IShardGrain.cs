namespace Granary.Contracts;

/// <summary>
/// Owns one shard of a job's examples in one generation. Key: "{jobId}/{shard}/{generation}": the owner of a shard in the next
/// generation is another grain, so that two silos never compete for one activation. Lives in the silo whose worker called it
/// first; its gradient code runs on that worker's compute threads, and its examples stay in that silo's memory from one
/// generation to the next. Holds no weights: a lost activation costs one more reading of its part of the source, never the run.
/// </summary>
[Alias("granary.IShardGrain")]
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Reads this shard's part of the source, and says what is in it.</summary>
    [Alias("Survey"), ResponseTimeout(LongAnswer.Time)]
    Task<ShardSurvey> Survey(Job job);

    /// <summary>What the job asks to know about this shard's training part.</summary>
    [Alias("Statistics"), ResponseTimeout(LongAnswer.Time)]
    Task<TrainingStatistics> Statistics(Job job, DataFacts facts);

    /// <summary>Makes the examples ready, reading them where that has not been done, and hands them to the compute threads of the
    /// silo it lives in. Returns the silo's name.</summary>
    [Alias("Join"), ResponseTimeout(LongAnswer.Time)]
    Task<string> Join(Job job, DataFacts facts);

    /// <summary>Ends this activation.</summary>
    [Alias("Leave")]
    Task Leave();
}
