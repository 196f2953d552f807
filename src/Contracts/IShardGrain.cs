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
    [Alias("Survey")]
    Task<ShardSurvey?> Survey(Job job, string silo);

    /// <summary>What the job asks to know about this shard's training part.</summary>
    [Alias("Statistics")]
    Task<TrainingStatistics> Statistics(DataFacts facts);

    /// <summary>Makes the examples ready and hands them to this silo's compute threads.</summary>
    [Alias("Join")]
    Task Join(Membership membership, DataFacts facts);

    /// <summary>Lets go of the examples and ends this activation.</summary>
    [Alias("Leave")]
    Task Leave();
}
