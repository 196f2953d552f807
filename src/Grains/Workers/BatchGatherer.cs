using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Grains.Workers;

/// <summary>One shard's part of a batch: rows [First, End) of an epoch.</summary>
internal readonly record struct ShardBatch(int Shard, Examples Examples, int Epoch, int First, int End);

/// <summary>Gather: which examples of which shards of this worker a step takes.</summary>
/// <param name="batches">Which rows of each shard a step takes.</param>
/// <param name="leases">This worker's shards.</param>
internal sealed class BatchGatherer(BatchPlan batches, ShardLeases leases)
{
    private readonly List<ShardBatch> _batch = [];

    /// <summary>The batch of a step, by shard; shards without examples in it are left out. Good until the next call.</summary>
    public IReadOnlyList<ShardBatch> Gather(long step)
    {
        _batch.Clear();
        foreach (var (shard, examples) in leases.Shards)
        {
            var (first, end) = batches.Rows(step, shard);
            if (end > first)
            {
                _batch.Add(new ShardBatch(shard, examples, batches.EpochOf(step), first, end));
            }
        }

        return _batch;
    }
}
