namespace Granary.Jobs.Tests;

public class InventoryTests
{
    // The table of the lecture notes, to the digit.
    [Fact]
    public void Gpt_3_has_175_181_291_520_weights_in_27_938_matrices()
    {
        var (model, input) = ModelPresets.Of("gpt-3");
        var matrices = ModelInventory.Of(model, input);
        Assert.Equal(
            [
                new("embedding", 1, 50_257, 12_288),
                new("key", 9_216, 128, 12_288),
                new("query", 9_216, 128, 12_288),
                new("value-down", 9_216, 128, 12_288),
                new("value-up/output", 96, 12_288, 12_288),
                new("up-projection", 96, 49_152, 12_288),
                new("down-projection", 96, 12_288, 49_152),
                new("unembedding", 1, 50_257, 12_288),
            ],
            matrices);
        Assert.Equal(
            [
                617_558_016, 14_495_514_624, 14_495_514_624, 14_495_514_624, 14_495_514_624, 57_982_058_496, 57_982_058_496, 617_558_016,
            ],
            matrices.Select(m => m.Weights));
        Assert.Equal(175_181_291_520, matrices.Sum(m => m.Weights));
        Assert.Equal(27_938, matrices.Sum(m => m.Matrices));
    }

    // As the published checkpoints have them, and Radford and others round them: 124M, 355M, 774M, 1.5B.
    [Theory]
    [InlineData("gpt-2", 124_439_808)]
    [InlineData("gpt-2-medium", 354_823_168)]
    [InlineData("gpt-2-large", 774_030_080)]
    [InlineData("gpt-2-xl", 1_557_611_200)]
    public void Gpt_2_s_sizes_are_the_published_ones(string name, long weights)
    {
        var (model, input) = ModelPresets.Of(name);
        Assert.Equal(weights, ModelShape.Weights(ModelShape.Of(model, input)));
    }

    [Fact]
    public void An_inventory_has_every_weight_of_the_shape_but_positions_biases_and_norms()
    {
        ModelSection[] models =
        [
            .. ModelPresets.Names.Select(n => ModelPresets.Of(n).Model),
            new() { Kind = "transformer", Width = 10, Heads = 3, KeyWidth = 7 },
            new() { Kind = "logistic" },
            new() { Kind = "mlp", Hidden = [5, 4] },
            new() { Kind = "skip-gram", Width = 3, Negatives = 2 },
        ];
        foreach (var model in models)
        {
            var input = new InputShape(model.Kind == "transformer" ? 0 : 6, 11);
            Assert.Equal(
                ModelShape.Of(model, input).Where(p => p.Dims.Count == 2 && p.Name != "position_embedding.weight").Sum(p => p.Count),
                ModelInventory.Of(model, input).Sum(m => m.Weights));
        }
    }

    [Fact]
    public void An_unknown_preset_is_told_with_those_there_are() => Assert.Equal(
        "--preset gpt3: there is no such preset; it must be one of gpt-2, gpt-2-medium, gpt-2-large, gpt-2-xl, gpt-3. Did you mean gpt-3?",
        Assert.Throws<JobException>(() => ModelPresets.Of("gpt3")).Message);

    // P = 8 blocks; S = 1, 2, 4, 8 silos of 8 shards: 2 P (S - 1) / S numbers of 4 bytes.
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 520_192)]
    [InlineData(4, 780_288)]
    [InlineData(8, 910_336)]
    public void A_power_of_two_of_silos_sends_2_p_s_minus_1_over_s_numbers(int silos, long bytes)
    {
        var blocks = new BlockPlan(8 * BlockPlan.BlockSize);
        Assert.Equal(2 * blocks.Weights * (silos - 1) / silos * 4, bytes);
        for (var m = 0; m < silos; m++)
        {
            Assert.Equal(bytes, StepTraffic.BytesSent(blocks, new ShardPlan(8, silos), m, 4, clips: false));
        }
    }

    [Fact]
    public void Other_numbers_of_silos_send_a_sum_for_each_whole_subtree()
    {
        // Shards 0-1, 2-4 and 5-7: 1, 2 (2-3 and 4) and 2 (5 and 6-7) subtrees; slices of 2, 3 and 3 blocks.
        var (blocks, shards) = (new BlockPlan(8 * BlockPlan.BlockSize), new ShardPlan(8, 3));
        long[] sent = [(1 * 6) + (2 * 2), (2 * 5) + (2 * 3), (2 * 5) + (2 * 3)];
        Assert.Equal(sent.Select(n => n * BlockPlan.BlockSize * 8), Enumerable.Range(0, 3).Select(m => StepTraffic.BytesSent(blocks, shards, m, 8, false)));
        Assert.Equal(sent[2] * BlockPlan.BlockSize * 8 + (2 * 3 * 8), StepTraffic.GreatestBytesSent(blocks, shards, 8, clips: true));
    }

    [Fact]
    public void A_model_of_one_block_is_updated_by_everybody() =>
        Assert.Equal(3 * 100 * 4, StepTraffic.BytesSent(new BlockPlan(100), new ShardPlan(8, 4), 1, 4, clips: true));

    [Fact]
    public void Memory_is_told_to_the_byte()
    {
        var job = new Job(
            1,
            "j",
            new ModelSection { Kind = "mlp" },
            new DataSection { Format = "csv", Path = "d.csv", Shards = 8 },
            new TrainingSection { Epochs = 1, ClipNorm = 1, Optimizer = new() { Kind = OptimizerKind.AdamW } });
        var blocks = new BlockPlan(100_000); // 6 blocks of 16,256 and one of 2,464
        const long P = 100_000 * 4;

        // Alone: 0-3, 4-5 and 6 wait while 7 is computed; all of the optimiser's state; the clipped average.
        Assert.Equal(new SiloMemory(2 * P, 4 * P, 4 * P, P, 3 * P), SiloMemory.Of(job, blocks, new ShardPlan(8, 1), 0, threads: 1));
        Assert.Equal(new SiloMemory(2 * P, 8 * P, 4 * P, P, 3 * P), SiloMemory.Of(job, blocks, new ShardPlan(8, 1), 0, threads: 64));

        // The second of two: 4 blocks from 3 * 16,256 on. Four versions, and the first's state in three.
        const long First = 3 * 16_256 * 4;
        const long Slice = P - First;
        var second = new SiloMemory(4 * P, 3 * P, 2 * ((4 * Slice) + (3 * First)), 2 * Slice, 3 * Slice);
        Assert.Equal(second, SiloMemory.Of(job, blocks, new ShardPlan(8, 2), 1, threads: 1));
        Assert.Equal(second, SiloMemory.Greatest(job, blocks, new ShardPlan(8, 2), 1));
        Assert.Equal(second.Total, SiloCosts.Of(job, blocks, 2, 1).Memory.Total);
    }
}
