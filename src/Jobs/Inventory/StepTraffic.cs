namespace Granary.Jobs;

/// <summary>What a step moves between silos. With a power of two of them, and the shards to go round, each sends its sum of
/// every other's slice and the new weights of its own: P (S - 1) / S numbers twice. What its shards put in (a few numbers for each
/// of them) and, now and then, the optimiser's state for its backup come on top.</summary>
public static class StepTraffic
{
    /// <summary>Payload bytes that one silo sends in a step in which every shard has an example.</summary>
    /// <param name="blocks">The flat weight vector.</param>
    /// <param name="shards">Whose shards are whose.</param>
    /// <param name="member">The silo, from 0.</param>
    /// <param name="numberSize">Bytes of a number: 4 or 8.</param>
    /// <param name="clips">Whether the gradient is clipped, which takes a norm of every block.</param>
    public static long BytesSent(BlockPlan blocks, ShardPlan shards, int member, int numberSize, bool clips)
    {
        var (first, end) = shards.Of(member);
        var parts = new SumTree(shards.Shards).Cover(first, end).Count;
        long others = shards.Members - 1;
        var own = blocks.Owned(member, shards.Members);
        var sums = parts * (blocks.Replicated ? others * blocks.Weights : blocks.Weights - blocks.Length(own));
        if (blocks.Replicated)
        {
            return sums * numberSize; // each makes the whole update itself
        }

        var norms = clips ? others * (own.End - own.First) * sizeof(double) : 0;
        return ((sums + (others * blocks.Length(own))) * numberSize) + norms;
    }

    /// <summary>The same of the silo that sends most.</summary>
    public static long GreatestBytesSent(BlockPlan blocks, ShardPlan shards, int numberSize, bool clips) =>
        Enumerable.Range(0, shards.Members).Max(m => BytesSent(blocks, shards, m, numberSize, clips));
}
