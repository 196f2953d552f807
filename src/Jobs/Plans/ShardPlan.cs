namespace Granary.Jobs;

/// <summary>Which member of a generation owns which shards: contiguous ranges whose sizes differ by one at most.</summary>
/// <param name="Shards">V.</param>
/// <param name="Members">Silos that take part, S. With more silos than shards, those beyond V own none.</param>
public sealed record ShardPlan(int Shards, int Members)
{
    /// <summary>The shards [First, End) of a member.</summary>
    public (int First, int End) Of(int member) => (Bound(member), Bound(member + 1));

    /// <summary>The member that owns a shard.</summary>
    public int OwnerOf(int shard)
    {
        for (var m = 0; m < Members; m++)
        {
            if (shard < Bound(m + 1))
            {
                return m;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(shard), shard, $"The job has {Shards} shards.");
    }

    private int Bound(int member) => (int)((long)member * Shards / Members);
}
