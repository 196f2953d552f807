using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Who owns and sends what in a generation: the same for every member, from the job and the number of members.</summary>
public sealed class ExchangeLayout
{
    private readonly IReadOnlyList<TreeNode>[] _covers;

    /// <param name="blocks">The flat vector's blocks.</param>
    /// <param name="plan">Whose shards are whose.</param>
    public ExchangeLayout(BlockPlan blocks, ShardPlan plan)
    {
        Blocks = blocks;
        Plan = plan;
        Tree = new SumTree(plan.Shards);
        _covers = [.. Enumerable.Range(0, plan.Members).Select(m =>
        {
            var (first, end) = plan.Of(m);
            return Tree.Cover(first, end);
        })];
    }

    /// <summary>The flat vector's blocks.</summary>
    public BlockPlan Blocks { get; }

    /// <summary>Whose shards are whose.</summary>
    public ShardPlan Plan { get; }

    /// <summary>The tree that gradients are summed along.</summary>
    public SumTree Tree { get; }

    /// <summary>See <see cref="BlockPlan.Replicated"/>.</summary>
    public bool Replicated => Blocks.Replicated;

    /// <summary>The maximal subtrees of a member's shards: the parts it sends.</summary>
    public IReadOnlyList<TreeNode> Cover(int member) => _covers[member];

    /// <summary>The blocks [First, End) that a member sums and updates.</summary>
    public (int First, int End) Owned(int member) => Blocks.Owned(member, Plan.Members);

    /// <summary>The member that holds the replica of this member's optimiser state.</summary>
    public int ReplicaHolderOf(int member) => (member + 1) % Plan.Members;

    /// <summary>The member whose optimiser state this member holds a replica of.</summary>
    public int ReplicaSourceOf(int member) => (member + Plan.Members - 1) % Plan.Members;

    /// <summary>Whether a subtree has any example in a step.</summary>
    public bool IsActive(TreeNode node, BatchPlan batches, long step)
    {
        for (var v = node.First; v < Math.Min(node.End, Plan.Shards); v++)
        {
            var (first, end) = batches.Rows(step, v);
            if (end > first)
            {
                return true;
            }
        }

        return false;
    }
}
