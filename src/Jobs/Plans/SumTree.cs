using System.Numerics;

namespace Granary.Jobs;

/// <summary>The rules of the fixed binary tree over <paramref name="width"/> leaves.</summary>
/// <param name="width">Number of leaves, at least 1.</param>
public sealed class SumTree(int width)
{
    /// <summary>Number of leaves.</summary>
    public int Width { get; } = width >= 1 ? width : throw new ArgumentOutOfRangeException(nameof(width));

    /// <summary>The node that covers every leaf.</summary>
    public TreeNode Root { get; } = new(BitOperations.Log2((uint)(2 * width - 1)), 0);

    /// <summary>The maximal nodes that lie wholly in a range of leaves, first to last: one when the range is a whole
    /// subtree, at most 2 log2(width). Leaves beyond the width belong to any range that reaches the end.</summary>
    public IReadOnlyList<TreeNode> Cover(int first, int end)
    {
        var nodes = new List<TreeNode>();
        Collect(Root, first, end, nodes);
        return nodes;
    }

    private void Collect(TreeNode node, int first, int end, List<TreeNode> into)
    {
        if (node.First >= Width || node.First >= end || node.End <= first)
        {
            return;
        }

        if (node.First >= first && Math.Min(node.End, Width) <= end)
        {
            into.Add(node);
            return;
        }

        Collect(node.Left, first, end, into);
        Collect(node.Right, first, end, into);
    }

    /// <summary>Adds one number per leaf in tree order; a null leaf is left out. Null when every leaf is.</summary>
    public double? Sum(Func<int, double?> leaf) => Sum(Root, leaf);

    /// <summary>Merges one thing per leaf in tree order; a null leaf is left out. Null when every leaf is.</summary>
    public T? Merge<T>(Func<int, T?> leaf, Func<T, T, T> merge)
        where T : class => Merge(Root, leaf, merge);

    private T? Merge<T>(TreeNode node, Func<int, T?> leaf, Func<T, T, T> merge)
        where T : class
    {
        if (node.First >= Width)
        {
            return null;
        }

        if (node.Level == 0)
        {
            return leaf(node.Index);
        }

        var (left, right) = (Merge(node.Left, leaf, merge), Merge(node.Right, leaf, merge));
        return left is null ? right : right is null ? left : merge(left, right);
    }

    private double? Sum(TreeNode node, Func<int, double?> leaf)
    {
        if (node.First >= Width)
        {
            return null;
        }

        if (node.Level == 0)
        {
            return leaf(node.Index);
        }

        var left = Sum(node.Left, leaf);
        var right = Sum(node.Right, leaf);
        return left is null ? right : right is null ? left : left + right;
    }
}
