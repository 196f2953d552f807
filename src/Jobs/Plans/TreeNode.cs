namespace Granary.Jobs;

/// <summary>
/// A node of the fixed binary tree over shard indices: it covers the shards [Index * 2^Level, (Index + 1) * 2^Level).
/// Gradients, losses and statistics are summed along this tree alone, so that the order of additions belongs to the job
/// and never to the cluster. A child without any contribution is left out: its parent is the other child, unchanged.
/// </summary>
/// <param name="Level">0 for a leaf, that is one shard.</param>
/// <param name="Index">Position within its level.</param>
public readonly record struct TreeNode(int Level, int Index)
{
    /// <summary>The node that sums this one and its sibling.</summary>
    public TreeNode Parent => new(Level + 1, Index >> 1);

    /// <summary>The other child of <see cref="Parent"/>.</summary>
    public TreeNode Sibling => new(Level, Index ^ 1);

    /// <summary>Whether this is the child whose terms stand first in the parent's sum.</summary>
    public bool IsLeft => (Index & 1) == 0;

    /// <summary>The child whose terms stand first.</summary>
    public TreeNode Left => new(Level - 1, Index << 1);

    /// <summary>The child whose terms stand second.</summary>
    public TreeNode Right => new(Level - 1, (Index << 1) | 1);

    /// <summary>First shard covered.</summary>
    public int First => Index << Level;

    /// <summary>One past the last shard covered, within a tree of any width.</summary>
    public int End => (Index + 1) << Level;
}
