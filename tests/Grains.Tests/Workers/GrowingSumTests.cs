using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Grains.Workers;
using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.Grains.Tests;

/// <summary>Sums that are published while the last of their terms is still being made, against sums made in the end.</summary>
public sealed unsafe class GrowingSumTests : IDisposable
{
    private const int Weights = (4 * BlockPlan.BlockSize) + 77;

    // A member with the shards 1 to 6 of 8: its subtrees are 1, 2-3, 4-5 and 6. Shard 5 has no example.
    private static readonly IReadOnlyList<TreeNode> Cover = new SumTree(8).Cover(1, 7);
    private static readonly int[] Active = [1, 2, 3, 4, 6];

    private readonly ParameterShape[] _shape = [new("w", [Weights], Initialisation.Zero, 0, true)];
    private readonly BlockPlan _blocks = new(Weights);
    private readonly TreeAccumulator<FlatTensor> _tree;
    private readonly OwnSums<float> _sums = new(Cover.Count);
    private readonly FlatTensor[] _gradients;

    public GrowingSumTests()
    {
        _tree = new TreeAccumulator<FlatTensor>(Cover, n => Active.Any(v => v >= n.First && v < n.End));
        _gradients = [.. Enumerable.Range(0, 8).Select(_ => new FlatTensor(_shape, Precision.Float32))];
    }

    public void Dispose() => Array.ForEach(_gradients, g => g.Dispose());

    private GrowingSum<float> Growing() => new(_tree, _sums, _blocks, _ => { });

    private static float Number(int shard, int i) => (float)Math.Sin((shard * 1000) + i);

    // By the rule: left plus right, a missing child left out.
    private static float Expected(int part, int i) => Cover[part] switch
    {
        { Level: 1, First: 2 } => Number(2, i) + Number(3, i),
        { Level: 1, First: 4 } => Number(4, i),
        { Level: 0, First: var shard } => Number(shard, i),
        var node => throw new InvalidOperationException($"{node} is not expected in the cover"),
    };

    // As a pass does.
    private static void Write(GrowingSum<float> growing, int shard, int from, int end)
    {
        for (var i = from; i < end; i++)
        {
            ref var number = ref ((float*)growing.Gradient.Data)[i];
            number = growing.Adds ? number + Number(shard, i) : Number(shard, i);
        }
    }

    private void Check(int part)
    {
        for (var i = _sums.Missing(part) * BlockPlan.BlockSize; i < Weights; i++)
        {
            Assert.Equal(Expected(part, i), _sums.Data(part)[i]);
        }
    }

    [Fact]
    public void What_closes_a_sum_is_published_as_it_comes()
    {
        var growing = Growing();
        foreach (var shard in Active)
        {
            new Span<float>(_gradients[shard].Data, Weights).Fill(float.NaN); // nothing of it may be read before it is final
            growing.Begin(shard, () => _gradients[shard]);
            Assert.Equal(shard == 3, growing.Adds); // to 2, in the place of a gradient of its own
            var part = Enumerable.Range(0, Cover.Count).Single(p => shard >= Cover[p].First && shard < Cover[p].End);
            var closes = shard != 2; // 3 is still missing then
            var end = Weights;
            foreach (var (from, missing) in new[] { (Weights - 5, 5), ((3 * BlockPlan.BlockSize) + 1, 4), (BlockPlan.BlockSize, 1), (10, 1) })
            {
                Write(growing, shard, from, end);
                growing.FinalFrom(shard, from);
                Assert.Equal(closes && missing < 5 ? missing : int.MaxValue, _sums.Missing(part)); // whole blocks only
                if (closes && missing < 5)
                {
                    Check(part);
                }

                end = from;
            }

            Write(growing, shard, 0, end);
            growing.Complete(shard);
            Assert.Equal(closes ? 0 : int.MaxValue, _sums.Missing(part));
            if (closes)
            {
                Check(part);
                Assert.Equal(shard == 3 ? 2 + 3 : shard, _sums.Weight(part));
            }
        }
    }

    // Shards 0 to 7 as one subtree, of which 4 has no example: ((0 + 1) + (2 + 3)) + (5 + (6 + 7)). Where 3 begins before 2 is done it
    // has a gradient of its own.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_added_along_a_deep_tree_is_published_as_it_comes(bool crossed)
    {
        int[] active = [0, 1, 2, 3, 5, 6, 7];
        var tree = new TreeAccumulator<FlatTensor>(new SumTree(8).Cover(0, 8), n => active.Any(v => v >= n.First && v < n.End));
        var sums = new OwnSums<float>(1);
        var freed = 0;
        GrowingSum<float> Growing() => new(tree, sums, _blocks, _ => freed++);

        // The last to come: 7 in the order of the shards, 3 where it is crossed by all the others but 2.
        var last = Growing();
        foreach (var shard in active.Where(v => v != (crossed ? 3 : 7)))
        {
            if (crossed && shard == 2)
            {
                last.Begin(3, () => _gradients[3]);
                Assert.False(last.Adds);
            }

            var growing = Growing();
            growing.Begin(shard, () => _gradients[shard]);
            Write(growing, shard, BlockPlan.BlockSize, Weights);
            growing.FinalFrom(1, BlockPlan.BlockSize);
            Write(growing, shard, 0, BlockPlan.BlockSize);
            growing.Complete(1);
            Assert.Equal(int.MaxValue, sums.Missing(0));
        }

        if (!crossed)
        {
            last.Begin(7, () => _gradients[7]);
            Assert.True(last.Adds);
        }

        var end = Weights;
        foreach (var missing in new[] { 3, 1, 0 })
        {
            Write(last, crossed ? 3 : 7, missing * BlockPlan.BlockSize, end);
            end = missing * BlockPlan.BlockSize;
            if (missing > 0)
            {
                last.FinalFrom(1, end);
            }
            else
            {
                last.Complete(1);
            }

            Assert.Equal(missing, sums.Missing(0));
            Assert.Equal(7, sums.Weight(0));
            for (var i = end; i < Weights; i++)
            {
                float N(int shard) => Number(shard, i);
                Assert.Equal((N(0) + N(1) + (N(2) + N(3))) + (N(5) + (N(6) + N(7))), sums.Data(0)[i]);
            }
        }

        Assert.Equal(crossed ? 4 : 3, freed); // gradients that were added to others
    }

    [Fact]
    public void Threads_at_once_come_to_the_same_sums()
    {
        for (var round = 0; round < 20; round++)
        {
            _tree.Clear();
            _sums.Clear();
            var next = -1;
            var order = Active.OrderBy(v => (v * 7 * (round + 1)) % 11).ToArray();
            var threads = Enumerable.Range(0, 3).Select(_ => new Thread(() =>
            {
                var growing = Growing();
                for (var i = Interlocked.Increment(ref next); i < order.Length; i = Interlocked.Increment(ref next))
                {
                    growing.Begin(order[i], () => _gradients[order[i]]);
                    Write(growing, order[i], 2 * BlockPlan.BlockSize, Weights);
                    growing.FinalFrom(order[i], 2 * BlockPlan.BlockSize);
                    Write(growing, order[i], 0, 2 * BlockPlan.BlockSize);
                    growing.Complete(order[i]);
                }
            })).ToArray();
            Array.ForEach(threads, t => t.Start());
            Array.ForEach(threads, t => t.Join());
            for (var part = 0; part < Cover.Count; part++)
            {
                Assert.Equal(0, _sums.Missing(part));
                Check(part);
            }
        }
    }
}
