using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's part of the source, read into memory.</summary>
public sealed class ShardData
{
    /// <summary>Reads the part of shard <paramref name="shard"/> of the job's source, and of the validation's own one.</summary>
    /// <exception cref="JobException">File, line and remedy, when the data cannot be used.</exception>
    public static ShardData Read(Job job, int shard) => throw new NotSupportedException();

    /// <summary>What was found.</summary>
    public ShardSurvey Survey => throw new NotSupportedException();

    /// <summary>Moments of each feature over the training part.</summary>
    public FeatureMoments Moments(DataFacts facts) => throw new NotSupportedException();

    /// <summary>The examples as tensors, ready to be gathered.</summary>
    public Examples Prepare(DataFacts facts) => throw new NotSupportedException();
}
