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
/// <param name="tree">The member's sums.</param>
/// <param name="sums">Where they are published.</param>
/// <param name="blocks">The flat vector's blocks.</param>
internal sealed unsafe class GrowingSum<T>(TreeAccumulator<FlatTensor> tree, OwnSums<T> sums, BlockPlan blocks)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<(FlatTensor Into, FlatTensor Term)> _additions = [];
    private int _shard;
    private FlatTensor _gradient = null!;
    private int _end; // everything has been added but for so many blocks at the beginning
    private TreeAccumulator<FlatTensor>.Sum? _sum;

    /// <summary>Begins with a shard.</summary>
    public void Begin(int shard, FlatTensor gradient)
    {
        (_shard, _gradient, _end, _sum) = (shard, gradient, blocks.Blocks, null);
    }

    /// <summary>The gradient is final from one of its numbers on.</summary>
    public void FinalFrom(double weight, long first)
    {
        var missing = (int)((first + BlockPlan.BlockSize - 1) / BlockPlan.BlockSize);
        if (missing >= _end || Foresee(weight) is not { } sum)
        {
            return;
        }

        foreach (var (into, term) in _additions)
        {
            Add(into, term, missing);
        }

        _end = missing;
        sums.Publish(sum.Part, (T*)sum.Gradient.Data, sum.Weight, missing);
    }

    /// <summary>The whole gradient is final.</summary>
    /// <param name="weight">Sum of its examples' weights.</param>
    /// <param name="free">Takes back a gradient that has been added to another.</param>
    public void Complete(double weight, Action<FlatTensor> free)
    {
        var whole = tree.Complete(_shard, _gradient, weight, (into, term) =>
        {
            Add(into, term, 0);
            free(term);
        });
        if (whole is { } sum)
        {
            sums.Publish(sum.Part, (T*)sum.Gradient.Data, sum.Weight, 0);
        }
    }

    private TreeAccumulator<FlatTensor>.Sum? Foresee(double weight)
    {
        if (_sum is null)
        {
            _additions.Clear();
            _sum = tree.Foresee(_shard, _gradient, weight, (into, term) => _additions.Add((into, term)));
        }

        return _sum;
    }

    private void Add(FlatTensor into, FlatTensor term, int first)
    {
        for (var place = first; place < _end; place++)
        {
            var b = blocks.At(place);
            var sum = new Span<T>((T*)into.Data + blocks.Start(b), blocks.Length(b));
            TensorPrimitives.Add(sum, new ReadOnlySpan<T>((T*)term.Data + blocks.Start(b), blocks.Length(b)), sum);
        }
    }
}
