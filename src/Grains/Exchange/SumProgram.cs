using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>The additions that turn some subtrees' sums into the whole tree's, in reverse Polish order: a number i pushes
/// the i-th contribution, <see cref="Add"/> replaces the two on top by their sum.</summary>
public static class SumProgram
{
    /// <summary>Adds the two on top.</summary>
    public const int Add = -1;

    /// <param name="tree">The tree.</param>
    /// <param name="contributions">Disjoint subtrees that have a sum, in any order; what they leave out has none.</param>
    public static int[] Build(SumTree tree, IReadOnlyList<TreeNode> contributions)
    {
        var places = new Dictionary<TreeNode, int>();
        for (var i = 0; i < contributions.Count; i++)
        {
            places.Add(contributions[i], i);
        }

        var program = new List<int>();
        Emit(tree, tree.Root, places, program);
        return [.. program];
    }

    private static bool Emit(SumTree tree, TreeNode node, Dictionary<TreeNode, int> places, List<int> program)
    {
        if (places.TryGetValue(node, out var place))
        {
            program.Add(place);
            return true;
        }

        if (node.Level == 0 || node.First >= tree.Width)
        {
            return false;
        }

        var left = Emit(tree, node.Left, places, program);
        var right = Emit(tree, node.Right, places, program);
        if (left && right)
        {
            program.Add(Add);
        }

        return left || right;
    }
}
