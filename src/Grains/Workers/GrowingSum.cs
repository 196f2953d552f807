using System.Numerics;
using System.Numerics.Tensors;
using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.Grains.Workers;

/// <summary>
/// A shard's gradient on its way into a sum. Its last weights are final first, and where no other shard is missing in the sum, what is
/// final is added and published while the rest is still being computed. Every number meets the same additions in the same order as it
/// would at the end.
/// </summary>
internal sealed unsafe class GrowingSum<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TreeAccumulator<FlatTensor> _tree;
    private readonly OwnSums<T> _sums;
    private readonly BlockPlan _blocks;
    private readonly List<(FlatTensor Into, FlatTensor Term)> _additions = [];
    private readonly Action<FlatTensor, FlatTensor> _addAndFree;
    private readonly Action<FlatTensor, FlatTensor> _note;
    private TreeNode _node;
    private double _weightBefore; // of what is in the gradient already
    private int _missing; // everything has been added but for so many blocks at the beginning
    private TreeAccumulator<FlatTensor>.Sum? _sum;

    /// <param name="tree">The member's sums.</param>
    /// <param name="sums">Where they are published.</param>
    /// <param name="blocks">The flat vector's blocks.</param>
    /// <param name="free">Takes back a gradient that has been added to another.</param>
    public GrowingSum(TreeAccumulator<FlatTensor> tree, OwnSums<T> sums, BlockPlan blocks, Action<FlatTensor> free)
    {
        (_tree, _sums, _blocks) = (tree, sums, blocks);
        FinalFrom = PublishFrom;
        _note = (into, term) => _additions.Add((into, term));
        _addAndFree = (into, term) =>
        {
            Add(into, term, 0);
            free(term);
        };
    }

    /// <summary>To be told that the gradient is final from one of its numbers on, and the sum of its examples' weights.</summary>
    public Action<double, long> FinalFrom { get; }

    /// <summary>Where the shard's gradient goes.</summary>
    public FlatTensor Gradient { get; private set; } = null!;

    /// <summary>Whether it is to be added there to its left neighbour's: that saves writing and reading it once.</summary>
    public bool Adds { get; private set; }

    /// <summary>Begins with a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="rent">Gives room for a gradient.</param>
    public void Begin(int shard, Func<FlatTensor> rent)
    {
        var (node, left) = (new TreeNode(0, shard), _tree.TakeLeft(shard));
        (_node, Gradient, _weightBefore, Adds) = left is { } l ? (node.Parent, l.Gradient, l.Weight, true) : (node, rent(), 0, false);
        (_missing, _sum) = (_blocks.Blocks, null);
    }

    /// <summary>The whole gradient is final.</summary>
    /// <param name="weight">Sum of its examples' weights.</param>
    public void Complete(double weight)
    {
        if (_tree.Complete(_node, Gradient, _weightBefore + weight, _addAndFree) is { } sum)
        {
            _sums.Publish(sum.Part, (T*)sum.Gradient.Data, sum.Weight, 0);
        }
    }

    private void PublishFrom(double weight, long first)
    {
        var missing = (int)((first + BlockPlan.BlockSize - 1) / BlockPlan.BlockSize);
        if (missing >= _missing || Foresee(weight) is not { } sum)
        {
            return;
        }

        foreach (var (into, term) in _additions)
        {
            Add(into, term, missing);
        }

        _missing = missing;
        _sums.Publish(sum.Part, (T*)sum.Gradient.Data, sum.Weight, missing);
    }

    private TreeAccumulator<FlatTensor>.Sum? Foresee(double weight)
    {
        if (_sum is null)
        {
            _additions.Clear();
            _sum = _tree.Foresee(_node, Gradient, _weightBefore + weight, _note);
        }

        return _sum;
    }

    // Of the blocks that have not been added yet, all but the first so many.
    private void Add(FlatTensor into, FlatTensor term, int missing)
    {
        var start = (long)missing * BlockPlan.BlockSize;
        var length = (int)(Math.Min((long)_missing * BlockPlan.BlockSize, _blocks.Weights) - start);
        var sum = new Span<T>((T*)into.Data + start, length);
        TensorPrimitives.Add(sum, new ReadOnlySpan<T>((T*)term.Data + start, length), sum);
    }
}
