namespace Granary.Jobs;

/// <summary>What one member's part in the exchange of one step consists of. Backups of optimiser state, which go now and then, are apart.</summary>
/// <param name="SumsSent">Bytes of gradient sums it sends.</param>
/// <param name="WeightsSent">Bytes of new weights, and of norms where the gradient is clipped.</param>
/// <param name="Received">Bytes it receives.</param>
/// <param name="FramesSent">Frames it sends: one per block and part, and one for the records of its shards, to each.</param>
/// <param name="FramesReceived">Frames it receives.</param>
/// <param name="RecordBytes">Bytes of those records, and of the headers of all the frames sent; as many are received.</param>
/// <param name="Added">Bytes of sums that it adds to others, for the blocks of its slice.</param>
/// <param name="Updated">Bytes of averages and of state that it makes its slice's update from.</param>
/// <param name="LastBlock">Bytes of the new weights of one block, to everybody.</param>
internal sealed record ExchangeLoad(
    double SumsSent, double WeightsSent, double Received, double FramesSent, double FramesReceived, double RecordBytes, double Added, double Updated, double LastBlock)
{
    private const int HeaderBytes = 64;
    private const int ShardRecordBytes = 32;

    /// <summary>The loads of all members.</summary>
    public static IEnumerable<ExchangeLoad> Of(PlannedJob job, int members)
    {
        var (blocks, size, shards) = (job.Blocks, (double)job.NumberSize, new ShardPlan(job.Shards, members));
        var (clips, state) = (job.Job.Training.ClipNorm > 0, job.Job.Training.Optimizer.StatePerWeight());
        var parts = shards.Parts();
        double all = parts.Sum();
        double others = members - 1;
        for (var m = 0; m < members; m++)
        {
            var owned = blocks.Owned(m, members);
            double own = blocks.Length(owned);
            double ownBlocks = owned.End - owned.First;
            var elsewhere = blocks.Replicated ? others * own : blocks.Weights - own;
            double blocksElsewhere = blocks.Replicated ? others * blocks.Blocks : blocks.Blocks - ownBlocks;
            var (hops, norms) = (blocks.Replicated ? 0 : 1, clips && !blocks.Replicated ? sizeof(double) : 0);
            var (first, end) = shards.Of(m);
            var framesSent = (parts[m] * blocksElsewhere) + (hops * others * ownBlocks) + others + (norms > 0 ? others : 0);
            yield return new ExchangeLoad(
                SumsSent: parts[m] * elsewhere * size,
                WeightsSent: hops * others * ((own * size) + (ownBlocks * norms)),
                Received: ((all - parts[m]) * own * size) + (hops * (((blocks.Weights - own) * size) + ((blocks.Blocks - ownBlocks) * norms))),
                framesSent,
                FramesReceived: ((all - parts[m]) * ownBlocks) + (hops * (blocks.Blocks - ownBlocks)) + others + (norms > 0 ? others : 0),
                RecordBytes: (others * (end - first) * ShardRecordBytes) + (framesSent * HeaderBytes),
                Added: own * size * (all - 1),
                Updated: own * size * (1 + state),
                LastBlock: others * Math.Min(BlockPlan.BlockSize, own) * size);
        }
    }

    /// <summary>Processor seconds for additions and updates, on a processor that does nothing else.</summary>
    public double UpdateTime(ClusterFacts facts) => (Added / facts.Adding) + (Updated / facts.Updating);

    /// <summary>Bytes of gradients, weights and norms that it sends.</summary>
    public double BytesSent => SumsSent + WeightsSent;
}
