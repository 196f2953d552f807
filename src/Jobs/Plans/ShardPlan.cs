namespace Granary.Jobs;

/// <summary>Which member of a generation owns which shards: contiguous ranges whose sizes differ by one at most.</summary>
/// <param name="Shards">V.</param>
/// <param name="Members">Silos that take part, S. With more silos than shards some own one shard and the others none.</param>
public sealed record ShardPlan(int Shards, int Members)
{
    /// <summary>The shards [First, End) of a member: floor(m V / S) .. floor((m + 1) V / S).</summary>
    public (int First, int End) Of(int member) => (Bound(member), Bound(member + 1));

    /// <summary>The member that owns a shard: the last one whose range starts at or before it.</summary>
    public int OwnerOf(int shard) => (uint)shard < (uint)Shards
        ? (int)((((long)shard + 1) * Members - 1) / Shards)
        : throw new ArgumentOutOfRangeException(nameof(shard), shard, $"The job has {Shards} shards.");

    /// <summary>How many maximal subtrees each member's shards are: the sums it sends to the owner of a block.</summary>
    public int[] Parts()
    {
        var tree = new SumTree(Shards);
        return [.. Enumerable.Range(0, Members).Select(m => tree.Cover(Of(m).First, Of(m).End).Count)];
    }

    private int Bound(int member) => (int)((long)member * Shards / Members);
}
