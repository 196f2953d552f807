using Granary.Jobs;

namespace Granary.Grains.Compute;

/// <summary>
/// Adds the gradients of one member's shards along the sum tree as they become ready, on whichever thread completes a
/// pair. The order of additions is the tree's, whatever the order of completion.
/// </summary>
/// <param name="cover">The member's maximal subtrees; sums stop there.</param>
/// <param name="isActive">Whether a subtree has any example in this step.</param>
internal sealed class TreeAccumulator<TGradient>(IReadOnlyList<TreeNode> cover, Func<TreeNode, bool> isActive)
    where TGradient : class
{
    private readonly Dictionary<TreeNode, (TGradient Gradient, double Weight)> _waiting = [];

    /// <summary>The sum of one subtree of the cover.</summary>
    /// <param name="Part">Which subtree.</param>
    /// <param name="Gradient">The sum, in the place of one of its terms.</param>
    /// <param name="Weight">Sum of the weights of the examples in it.</param>
    public readonly record struct Sum(int Part, TGradient Gradient, double Weight);

    /// <summary>Forgets the sums of the last step.</summary>
    public void Clear() => _waiting.Clear();

    /// <summary>Takes the gradient of a shard's left neighbour in the tree, if it is here, so that the shard's own can be added to it in place; the
    /// result is their parent's. Null: there is none, or it is not here yet.</summary>
    public (TGradient Gradient, double Weight)? TakeLeft(int shard)
    {
        var node = new TreeNode(0, shard);
        if (node.IsLeft || cover.Contains(node))
        {
            return null;
        }

        lock (_waiting)
        {
            return _waiting.Remove(node.Sibling, out var left) ? left : null;
        }
    }

    /// <summary>Takes the gradient of a shard, or of more, and adds what has become complete.</summary>
    /// <param name="node">Whose it is.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="weight">Sum of the examples' weights.</param>
    /// <param name="add">Adds the second gradient to the first and lets go of the second.</param>
    /// <returns>The sum that is complete by this; null: others are missing in it.</returns>
    public Sum? Complete(TreeNode node, TGradient gradient, double weight, Action<TGradient, TGradient> add) =>
        Climb(node, gradient, weight, add, takes: true);

    /// <summary>What <see cref="Complete"/> would do now for a gradient that is still being computed.</summary>
    /// <param name="node">Whose it is.</param>
    /// <param name="gradient">Where the gradient will be.</param>
    /// <param name="weight">Sum of the examples' weights.</param>
    /// <param name="addition">Called for each addition, in their order: the second to the first.</param>
    /// <returns>The sum that would be complete; null: others are missing in it too.</returns>
    public Sum? Foresee(TreeNode node, TGradient gradient, double weight, Action<TGradient, TGradient> addition) =>
        Climb(node, gradient, weight, addition, takes: false);

    private Sum? Climb(TreeNode node, TGradient gradient, double weight, Action<TGradient, TGradient> add, bool takes)
    {
        for (; !cover.Contains(node); node = node.Parent)
        {
            if (!isActive(node.Sibling))
            {
                continue;
            }

            (TGradient Gradient, double Weight) other;
            lock (_waiting)
            {
                if (!(takes ? _waiting.Remove(node.Sibling, out other) : _waiting.TryGetValue(node.Sibling, out other)))
                {
                    if (takes)
                    {
                        _waiting.Add(node, (gradient, weight));
                    }

                    return null;
                }
            }

            var own = (Gradient: gradient, Weight: weight);
            var (left, right) = node.IsLeft ? (own, other) : (other, own);
            add(left.Gradient, right.Gradient);
            (gradient, weight) = (left.Gradient, left.Weight + right.Weight);
        }

        var part = 0;
        while (cover[part] != node)
        {
            part++;
        }

        return new Sum(part, gradient, weight);
    }
}
