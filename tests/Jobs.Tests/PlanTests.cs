using CsCheck;

namespace Granary.Jobs.Tests;

public class PlanTests
{
    private static readonly Gen<long[]> Rows = Gen.Long[0, 40].Array[1, 9].Where(r => r.Sum() > 0);

    [Fact]
    public void Every_row_is_taken_exactly_once_an_epoch() => Gen.Select(Rows, Gen.Int[1, 50]).Sample((rows, batch) =>
    {
        var plan = new BatchPlan(rows, batch, 2);
        for (var v = 0; v < rows.Length; v++)
        {
            var taken = new int[rows[v]];
            for (long s = 0; s < plan.StepsPerEpoch; s++)
            {
                var (first, end) = plan.Rows(s, v);
                Assert.Equal((first, end), plan.Rows(s + plan.StepsPerEpoch, v));
                for (var r = first; r < end; r++)
                {
                    taken[r]++;
                }
            }

            Assert.All(taken, t => Assert.Equal(1, t));
        }

        Assert.Equal(rows.Sum(), Enumerable.Range(0, (int)plan.StepsPerEpoch).Sum(s => plan.ExamplesOf(s)));
    });

    [Fact]
    public void No_step_is_empty_and_none_is_larger_than_the_batch() => Gen.Select(Rows, Gen.Int[1, 50]).Sample((rows, batch) =>
    {
        var plan = new BatchPlan(rows, batch, 1);
        var sizes = Enumerable.Range(0, (int)plan.Steps)
            .Select(s => Enumerable.Range(0, rows.Length).Sum(v => plan.Rows(s, v).End - plan.Rows(s, v).First)).ToArray();
        Assert.InRange(sizes.Min(), 1, batch);
        Assert.InRange(sizes.Max(), sizes.Min(), Math.Min(batch, sizes.Min() + 1));
        Assert.Equal(sizes, Enumerable.Range(0, (int)plan.Steps).Select(s => (int)plan.ExamplesOf(s)));
    });

    [Fact]
    public void A_shard_gives_every_step_its_fair_share() => Gen.Select(Rows, Gen.Int[1, 50]).Sample((rows, batch) =>
    {
        var plan = new BatchPlan(rows, batch, 1);
        for (var v = 0; v < rows.Length; v++)
        {
            for (var s = 0; s < plan.Steps; s++)
            {
                var (first, end) = plan.Rows(s, v);
                Assert.InRange(end - first, rows[v] / plan.Steps, (rows[v] + plan.Steps - 1) / plan.Steps);
            }
        }
    });

    [Theory]
    [InlineData(1, 24)]
    [InlineData(2, 16)]
    [InlineData(4, 8)]
    public void Shards_take_turns_all_through_an_epoch_of_small_batches(int batch, int gap)
    {
        var plan = new BatchPlan([.. Enumerable.Range(0, 8).Select(v => 179L + (v % 2))], batch, 1);
        for (var v = 0; v < plan.Shards; v++)
        {
            var turns = Enumerable.Range(0, (int)plan.Steps).Where(s => plan.Rows(s, v).End > plan.Rows(s, v).First).ToArray();
            Assert.True(turns.Zip(turns.Skip(1), (a, b) => b - a).Max() <= gap);
        }
    }

    [Fact]
    public void A_plan_of_a_thousand_million_rows_does_not_overflow()
    {
        var plan = new BatchPlan([int.MaxValue, 1_000_000_000, 1], 1, 1);
        Assert.Equal(int.MaxValue + 1_000_000_001L, plan.Steps);
        Assert.All(new[] { 0, 1, plan.Steps / 2, plan.Steps - 1 }, s => Assert.Equal(1, plan.ExamplesOf(s)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchPlan([1L + int.MaxValue], 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchPlan([0, 0], 1, 1));
    }

    [Fact]
    public void Any_contiguous_split_adds_in_the_tree_s_order() => Gen.Select(Gen.Int[1, 33], Gen.Int[1, 8], Gen.Int[0, 1 << 20]).Sample((width, members, seed) =>
    {
        var random = new Random(seed);
        var leaves = Enumerable.Range(0, width).Select(_ => random.Next(4) == 0 ? (float?)null : (float)(random.NextDouble() - 0.5)).ToArray();
        var tree = new SumTree(width);
        float? Sum(TreeNode n) => n.First >= width ? null : n.Level == 0 ? leaves[n.Index] : Add(Sum(n.Left), Sum(n.Right));
        var parts = new Dictionary<TreeNode, float?>();
        var plan = new ShardPlan(width, members);
        for (var m = 0; m < members; m++)
        {
            var (first, end) = plan.Of(m);
            var cover = tree.Cover(first, end);
            Assert.Equal(Enumerable.Range(first, end - first), cover.SelectMany(n => Enumerable.Range(n.First, Math.Min(n.End, width) - n.First)));
            foreach (var node in cover)
            {
                parts.Add(node, Sum(node));
            }
        }

        float? Merge(TreeNode n) => parts.TryGetValue(n, out var part) ? part : n.First >= width || n.Level == 0 ? null : Add(Merge(n.Left), Merge(n.Right));
        Assert.Equal(Sum(tree.Root), Merge(tree.Root));
    });

    private static float? Add(float? a, float? b) => a is null ? b : b is null ? a : a + b;

    [Fact]
    public void Shards_are_dealt_in_balanced_runs() => Gen.Select(Gen.Int[1, 40], Gen.Int[1, 12]).Sample((shards, members) =>
    {
        var plan = new ShardPlan(shards, members);
        var sizes = Enumerable.Range(0, members).Select(m => plan.Of(m).End - plan.Of(m).First).ToArray();
        Assert.Equal(shards, sizes.Sum());
        Assert.True(sizes.Max() - sizes.Min() <= 1);
        for (var v = 0; v < shards; v++)
        {
            var (first, end) = plan.Of(plan.OwnerOf(v));
            Assert.InRange(v, first, end - 1);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => plan.OwnerOf(shards));
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.OwnerOf(-1));
    });

    [Fact]
    public void Slices_are_whole_blocks_that_cover_the_vector() => Gen.Select(Gen.Long[1, 200_000], Gen.Int[1, 9]).Sample((weights, members) =>
    {
        var plan = new BlockPlan(weights);
        Assert.Equal(weights, Enumerable.Range(0, plan.Blocks).Sum(b => (long)plan.Length(b)));
        for (var first = 0; first <= plan.Blocks; first++)
        {
            for (var end = first; end <= plan.Blocks; end++)
            {
                Assert.Equal(Enumerable.Range(first, end - first).Sum(b => (long)plan.Length(b)), plan.Length((first, end)));
            }
        }

        Assert.Equal(
            Enumerable.Range(0, plan.Blocks),
            Enumerable.Range(0, members).SelectMany(m => Enumerable.Range(plan.Slice(m, members).First, plan.Slice(m, members).End - plan.Slice(m, members).First)));
    });

    [Fact]
    public void Blocks_and_places_are_one_to_one() => Gen.Long[1, 20_000_000].Sample(weights =>
    {
        var plan = new BlockPlan(weights);
        Assert.Equal(Enumerable.Range(0, plan.Blocks).Select(p => (long)p * BlockPlan.BlockSize), Enumerable.Range(0, plan.Blocks).Select(b => plan.Start(b)).Order());
        Assert.All(Enumerable.Range(0, plan.Blocks), p => Assert.Equal((long)p * BlockPlan.BlockSize, plan.Start(plan.At(p))));
    });

    // Whatever part of a backward pass is done, every owner has its share of what is final, but for a few blocks.
    [Fact]
    public void Every_slice_is_spread_over_the_whole_vector() => Gen.Select(Gen.Int[1, 3000], Gen.Int[2, 40]).Sample((blocks, members) =>
    {
        var plan = new BlockPlan((long)blocks * BlockPlan.BlockSize);
        foreach (var (first, end) in Enumerable.Range(0, members).Select(m => plan.Slice(m, members)))
        {
            var seen = 0;
            for (var place = 0; place < blocks; place++)
            {
                seen += plan.At(place) >= first && plan.At(place) < end ? 1 : 0;
                Assert.InRange(seen - ((place + 1) * (double)(end - first) / blocks), -4, 4);
            }
        }
    });

    [Fact]
    public void Cosine_warms_up_and_ends_at_its_floor()
    {
        var training = new TrainingSection
        {
            Epochs = 2,
            Optimizer = new() { LearningRate = 2 },
            Schedule = new() { Kind = ScheduleKind.Cosine, Warmup = 4, Floor = 0.1 },
        };
        Assert.Equal(0.5, LearningRate.At(training, 0, 10), 12);
        Assert.Equal(2.0, LearningRate.At(training, 4, 10), 12);
        Assert.Equal(0.2, LearningRate.At(training, 19, 10), 12);
    }

    [Fact]
    public void Step_schedule_falls_every_so_many_epochs()
    {
        var training = new TrainingSection
        {
            Epochs = 9,
            Optimizer = new() { LearningRate = 1 },
            Schedule = new() { Kind = ScheduleKind.Step, Every = 3, Gamma = 0.5 },
        };
        Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.25], Enumerable.Range(0, 7).Select(e => LearningRate.At(training, e * 10, 10)));
    }

    [Fact]
    public void A_gpt_has_the_known_number_of_weights()
    {
        var model = new ModelSection { Kind = "transformer", Layers = 12, Width = 768, Heads = 12, Context = 1024 };
        // GPT-2 small: 124,439,808 with the unembedding tied to the embedding; here it is a matrix of its own.
        Assert.Equal(124_439_808 + (50_257L * 768), ModelShape.Weights(ModelShape.Of(model, new InputShape(0, 50_257))));
    }
}
