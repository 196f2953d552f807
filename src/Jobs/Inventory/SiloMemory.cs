namespace Granary.Jobs;

/// <summary>Bytes that one silo holds for a job's weights and their update. Its examples, what a pass keeps for its way back
/// (which grows with the batch), and the process itself come on top.</summary>
/// <param name="Weights">Versions of all weights: the present one, the next one and, where state goes to a backup, two before them.</param>
/// <param name="Gradients">The gradients that its compute threads make and those that wait for their sibling in the sum tree,
/// when shards complete about in order.</param>
/// <param name="Optimizer">The optimiser's state of its slice in as many versions, and three versions of the slice that it is
/// the backup of; for lbfgs also a trial of the weights, a direction and three gradients.</param>
/// <param name="Exchange">What the others' sums of its slice are received into.</param>
/// <param name="Checkpoint">The copy of its slice that a checkpoint is written from.</param>
public sealed record SiloMemory(long Weights, long Gradients, long Optimizer, long Exchange, long Checkpoint)
{
    private const int Versions = 2;
    private const int VersionsKept = 2;
    private const int WardsKept = 3;

    /// <summary>All of it.</summary>
    public long Total => Weights + Gradients + Optimizer + Exchange + Checkpoint;

    /// <summary>The memory of one silo.</summary>
    /// <param name="job">The job.</param>
    /// <param name="blocks">Its flat weight vector.</param>
    /// <param name="shards">Whose shards are whose.</param>
    /// <param name="member">The silo, from 0.</param>
    /// <param name="threads">Compute threads of a silo.</param>
    public static SiloMemory Of(Job job, BlockPlan blocks, ShardPlan shards, int member, int threads) =>
        Of(job, blocks, shards, shards.Parts(), member, threads);

    private static SiloMemory Of(Job job, BlockPlan blocks, ShardPlan shards, int[] allParts, int member, int threads)
    {
        var (size, tree) = (job.Model.Precision == Precision.Float64 ? 8L : 4L, new SumTree(shards.Shards));
        var (first, end) = shards.Of(member);
        var waiting = Enumerable.Range(first, end - first).Select(v => tree.Cover(first, v).Count).DefaultIfEmpty().Max();
        var gradients = Math.Min(end - first, waiting + threads);
        gradients += job.Training.MicroBatch is null ? 0 : Math.Min(end - first, threads); // what earlier micro-batches of a shard came to
        var slice = blocks.Length(blocks.Owned(member, shards.Members));
        var parts = allParts.Sum() - allParts[member];
        var state = job.Training.Optimizer.StatePerWeight();
        var keeps = state > 0 && shards.Members > 1 && !blocks.Replicated;
        var versions = Versions + (keeps ? VersionsKept : 0);
        var ward = keeps ? blocks.Length(blocks.Owned((member + shards.Members - 1) % shards.Members, shards.Members)) : 0;
        var traits = job.Training.Optimizer.Traits();
        var search = blocks.Weights * ((traits.WorkingNumbers * size) + (traits.WorkingDoubles * sizeof(double)));
        var written = blocks.Replicated && member > 0 ? 0 : slice; // where everybody holds all, the first member writes all
        return new SiloMemory(
            versions * blocks.Weights * size,
            gradients * blocks.Weights * size,
            (state * ((versions * slice) + (WardsKept * ward)) * size) + search,
            (parts + (job.Training.ClipNorm > 0 ? 1 : 0)) * slice * size,
            (1 + state) * written * size);
    }

    /// <summary>The memory of the silo that holds most.</summary>
    public static SiloMemory Greatest(Job job, BlockPlan blocks, ShardPlan shards, int threads)
    {
        var parts = shards.Parts();
        return Enumerable.Range(0, shards.Members).Select(m => Of(job, blocks, shards, parts, m, threads)).MaxBy(m => m.Total)!;
    }
}
