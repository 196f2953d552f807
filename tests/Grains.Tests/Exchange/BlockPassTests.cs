using CsCheck;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;
using Granary.Grains.ModelState;
using Granary.Jobs;
using Granary.Model.Training;

namespace Granary.Grains.Tests;

/// <summary>A block piece by piece, against one number after another.</summary>
public class BlockPassTests
{
    private const int Shards = 3;

    [Theory]
    [InlineData(OptimizerKind.Sgd, 1)]
    [InlineData(OptimizerKind.Momentum, 1023)]
    [InlineData(OptimizerKind.Momentum, 1025)]
    [InlineData(OptimizerKind.Adam, 2049)]
    [InlineData(OptimizerKind.AdamW, 5003)]
    [InlineData(OptimizerKind.Adam, BlockPlan.BlockSize + 17)]
    public void Every_number_has_the_bits_of_plain_arithmetic(OptimizerKind kind, int weights)
    {
        foreach (var batch in new[] { 3, 4 }) // a weight that is a power of two, and one that is not
        {
            var options = new OptimizerSection { Kind = kind, LearningRate = 0.01, WeightDecay = 0.1, Momentum = 0.9 };
            var gradients = Enumerable.Range(0, Shards).Select(v => Enumerable.Range(0, weights).Select(i => (float)Math.Sin((v * 31) + i)).ToArray()).ToArray();
            float[] w = new float[weights], first = new float[weights], second = new float[weights];
            var decays = weights / 3; // the rest has none
            var found = Train(options, gradients, batch, decays, steps: 3);
            for (var step = 0; step < 3; step++)
            {
                for (var i = 0; i < weights; i++)
                {
                    // Shards 0 and 1 are a subtree, 2 comes after it.
                    var g = ((gradients[0][i] + gradients[1][i]) + gradients[2][i]) / batch;
                    Plain(options, step, i < decays ? 0.1f : 0, g, ref w[i], ref first[i], ref second[i]);
                }
            }

            Assert.Equal(w, found);
        }
    }

    private static void Plain(OptimizerSection options, int step, float lambda, float g, ref float w, ref float m, ref float s)
    {
        var decoupled = options.Kind == OptimizerKind.AdamW;
        if (options.Kind is OptimizerKind.Sgd or OptimizerKind.Momentum)
        {
            g += lambda * w;
            m = options.Kind == OptimizerKind.Sgd ? g : (0.9f * m) + g;
            w -= 0.01f * m;
            return;
        }

        g += (decoupled ? 0 : lambda) * w;
        m = ((float)options.Beta1 * m) + ((float)(1 - options.Beta1) * g);
        s = ((float)options.Beta2 * s) + ((float)(1 - options.Beta2) * (g * g));
        var rate = (float)(0.01 / (1 - Math.Pow(options.Beta1, step + 1)));
        var root = (float)Math.Sqrt(1 - Math.Pow(options.Beta2, step + 1));
        var shrink = (float)(decoupled ? 1 - (0.01 * (lambda > 0 ? options.WeightDecay : 0)) : 1);
        w = (shrink * w) - (rate * (m / ((MathF.Sqrt(s) / root) + (float)options.Epsilon)));
    }

    [Fact]
    public void A_number_that_is_none_is_found_wherever_it_is() => Gen.Select(Gen.Int[1, BlockPlan.BlockSize + 3000], Gen.Int[0, int.MaxValue - 1], Gen.OneOf(Gen.Const(float.NaN), Gen.Const(float.PositiveInfinity), Gen.Const(float.NegativeInfinity)))
        .Sample((weights, place, value) =>
        {
            var gradients = Enumerable.Range(0, Shards).Select(_ => new float[weights]).ToArray();
            gradients[place % Shards][place % weights] = value;
            var found = Assert.Throws<NonFiniteException>(() => Train(new OptimizerSection { LearningRate = 0.1 }, gradients, 4, 0, 1));
            Assert.Equal((NonFinitePart.Gradient, float.IsNaN(value)), (found.Part, double.IsNaN(found.Value)));
        }, iter: 50);

    [Fact]
    public void Weights_that_overflow_are_found()
    {
        var gradients = Enumerable.Range(0, Shards).Select(_ => new float[3000]).ToArray();
        gradients[1][2900] = 1e30f;
        var found = Assert.Throws<NonFiniteException>(() => Train(new OptimizerSection { LearningRate = 1e20 }, gradients, 4, 0, 1));
        Assert.Equal(NonFinitePart.Weights, found.Part);
    }

    // One member that holds all shards, the sums of the first two and of the third being its contributions.
    private static unsafe float[] Train(OptimizerSection options, float[][] gradients, int batch, int decays, int steps)
    {
        var weights = gradients[0].Length;
        ParameterShape[] shape = decays == 0 ? [new("w", [weights], Initialisation.Zero, 0, false)]
            : [new("w", [decays], Initialisation.Zero, 0, true), new("b", [weights - decays], Initialisation.Zero, 0, false)];
        var optimizer = OptimizerCatalogue.Create(options);
        var layout = new ExchangeLayout(new BlockPlan(weights), new ShardPlan(Shards, 1));
        using var mesh = new PeerMesh([]);
        using var store = new VersionStore<float>(shape, Precision.Float32, layout, 0, optimizer.State.Count);
        using var pass = new BlockPass<float>(layout.Tree.Root.Level, new BlockUpdate<float>(layout.Blocks, DecayRun.PerBlock(shape, layout.Blocks, false), optimizer));
        var program = SumProgram.Build(layout.Tree, [new TreeNode(0, 0), new TreeNode(0, 1), new TreeNode(0, 2)]);
        fixed (float* a = gradients[0], b = gradients[1], c = gradients[2])
        {
            for (var step = 0; step < steps; step++)
            {
                for (var block = 0; block < layout.Blocks.Blocks; block++)
                {
                    var start = layout.Blocks.Start(block);
                    pass.Update(
                        program, [(nint)(a + start), (nint)(b + start), (nint)(c + start)], batch, step, options.LearningRate, block, layout.Blocks.Length(block), store.Current, store.Next);
                }

                store.Commit();
            }
        }

        return new ReadOnlySpan<float>(store.Current.Weights.Data, weights).ToArray();
    }
}
