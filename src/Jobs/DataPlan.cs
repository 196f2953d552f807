namespace Granary.Jobs;

/// <summary>Merges what the shards found into the facts all of them train by.</summary>
public static class DataPlan
{
    /// <summary>Checks that the surveys fit together and the job, and counts what each shard trains on and holds out.</summary>
    /// <param name="job">The job.</param>
    /// <param name="surveys">One per shard, in shard order.</param>
    /// <exception cref="JobException">A single class, more shards than examples, a batch above their number, labels in the
    /// validation's source that training does not have, ...</exception>
    public static DataFacts Merge(Job job, IReadOnlyList<ShardSurvey> surveys) => throw new NotSupportedException();

    /// <summary>Merges moments along the sum tree, in float64, into means and deviations.</summary>
    public static Scaling Scale(IReadOnlyList<FeatureMoments> moments) => throw new NotSupportedException();
}
