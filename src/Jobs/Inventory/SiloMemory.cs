namespace Granary.Jobs;

/// <summary>Bytes that one silo holds for a job's weights and their update. Its examples, what a pass keeps for its way back
/// (which grows with the batch), and the process itself come on top.</summary>
/// <param name="Weights">Two versions of all weights.</param>
/// <param name="Gradients">The gradients that its compute threads make and those that wait for their sibling in the sum tree,
/// when shards complete about in order.</param>
/// <param name="Optimizer">Two versions of the optimiser's state of its slice.</param>
/// <param name="Exchange">What the others' sums of its slice are received into.</param>
public sealed record SiloMemory(long Weights, long Gradients, long Optimizer, long Exchange)
{
    /// <summary>All of it.</summary>
    public long Total => Weights + Gradients + Optimizer + Exchange;

    /// <summary>The memory of one silo.</summary>
    /// <param name="job">The job.</param>
    /// <param name="blocks">Its flat weight vector.</param>
    /// <param name="shards">Whose shards are whose.</param>
    /// <param name="member">The silo, from 0.</param>
    /// <param name="threads">Compute threads of a silo.</param>
    public static SiloMemory Of(Job job, BlockPlan blocks, ShardPlan shards, int member, int threads)
    {
        var (size, tree) = (job.Model.Precision == Precision.Float64 ? 8L : 4L, new SumTree(shards.Shards));
        var (first, end) = shards.Of(member);
        var waiting = Enumerable.Range(first, end - first).Select(v => tree.Cover(first, v).Count).DefaultIfEmpty().Max();
        var gradients = Math.Min(end - first, waiting + threads);
        var slice = blocks.Length(blocks.Owned(member, shards.Members));
        var parts = Enumerable.Range(0, shards.Members).Where(m => m != member).Sum(m =>
        {
            var (from, to) = shards.Of(m);
            return tree.Cover(from, to).Count;
        });
        return new SiloMemory(
            2 * blocks.Weights * size,
            gradients * blocks.Weights * size,
            2 * job.Training.Optimizer.StatePerWeight() * slice * size,
            (parts + (job.Training.ClipNorm > 0 ? 1 : 0)) * slice * size);
    }

    /// <summary>The memory of the silo that holds most.</summary>
    public static SiloMemory Greatest(Job job, BlockPlan blocks, ShardPlan shards, int threads) =>
        Enumerable.Range(0, shards.Members).Select(m => Of(job, blocks, shards, m, threads)).MaxBy(m => m.Total)!;
}
