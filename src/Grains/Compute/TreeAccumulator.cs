using Granary.Jobs;

namespace Granary.Grains.Compute;

/// <summary>
/// Adds the gradients of one member's shards along the sum tree as they become ready, on whichever thread completes a
/// pair. The order of additions is the tree's, whatever the order of completion.
/// </summary>
/// <param name="cover">The member's maximal subtrees; sums stop there.</param>
/// <param name="isActive">Whether a subtree has any example in this step.</param>
/// <param name="add">Adds the second gradient to the first and lets go of the second.</param>
internal sealed class TreeAccumulator<TGradient>(
    IReadOnlyList<TreeNode> cover, Func<TreeNode, bool> isActive, Action<TGradient, TGradient> add)
    where TGradient : class
{
    private readonly Dictionary<TreeNode, (TGradient Gradient, double Weight)> _waiting = [];

    /// <summary>Forgets the sums of the last step.</summary>
    public void Clear() => _waiting.Clear();

    /// <summary>Takes one shard's gradient and adds what has become complete.</summary>
    public void Complete(int shard, TGradient gradient, double weight)
    {
        var node = new TreeNode(0, shard);
        while (!cover.Contains(node))
        {
            if (!isActive(node.Sibling))
            {
                node = node.Parent;
                continue;
            }

            (TGradient Gradient, double Weight) other;
            lock (_waiting)
            {
                if (!_waiting.Remove(node.Sibling, out other))
                {
                    _waiting.Add(node, (gradient, weight));
                    return;
                }
            }

            if (node.IsLeft)
            {
                add(gradient, other.Gradient);
                weight += other.Weight;
            }
            else
            {
                add(other.Gradient, gradient);
                (gradient, weight) = (other.Gradient, other.Weight + weight);
            }

            node = node.Parent;
        }

        lock (_waiting)
        {
            _waiting.Add(node, (gradient, weight));
        }
    }

    /// <summary>The sum of one subtree of the cover; null where no shard had an example.</summary>
    public (TGradient Gradient, double Weight)? Sum(TreeNode node) => _waiting.TryGetValue(node, out var sum) ? sum : null;
}
