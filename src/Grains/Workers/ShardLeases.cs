using Granary.Grains.Compute;
using Granary.Model.Data;

namespace Granary.Grains.Workers;

/// <summary>The examples of this worker's shards, for as long as it takes part in a generation.</summary>
internal sealed class ShardLeases : IDisposable
{
    /// <param name="task">This worker's part.</param>
    /// <param name="registry">Has the examples.</param>
    public ShardLeases(TrainingTask task, ShardRegistry registry)
    {
        var (first, end) = task.Layout.Plan.Of(task.Assignment.Rank);
        Shards = [.. Enumerable.Range(first, end - first).Select(v => (v, registry.Lease(task.JobId, v)))];
    }

    /// <summary>This worker's shards, in order.</summary>
    public (int Shard, Examples Examples)[] Shards { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, examples) in Shards)
        {
            examples.Dispose();
        }
    }
}
