using Granary.Jobs;
using Granary.Model.Training;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Training;

public class OptimizerTests
{
    public static TheoryData<OptimizerKind, double> Kinds => new()
    {
        { OptimizerKind.Sgd, 0 }, { OptimizerKind.Sgd, 0.1 }, { OptimizerKind.Momentum, 0.1 }, { OptimizerKind.Adam, 0.1 }, { OptimizerKind.AdamW, 0.1 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_rule_keeps_as_much_state_as_its_section_says(OptimizerKind kind, double decay)
    {
        var options = new OptimizerSection { Kind = kind, WeightDecay = decay };
        Assert.Equal(options.StatePerWeight(), OptimizerCatalogue.Create(options).State.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Updates_are_those_of_torch(OptimizerKind kind, double decay)
    {
        var options = new OptimizerSection { Kind = kind, LearningRate = 0.05, WeightDecay = decay };
        var (weights, gradients) = Problem(37);
        using var w = new TorchSharp.Modules.Parameter(tensor(weights));
        optim.Optimizer torchs = kind switch
        {
            OptimizerKind.Sgd => optim.SGD([w], 0.05, weight_decay: decay),
            OptimizerKind.Momentum => optim.SGD([w], 0.05, momentum: 0.9, weight_decay: decay),
            OptimizerKind.Adam => optim.Adam([w], 0.05, weight_decay: decay),
            _ => optim.AdamW([w], 0.05, weight_decay: decay),
        };
        var ours = Run(options, weights, gradients, 1);
        foreach (var g in gradients)
        {
            w.grad = tensor(g);
            torchs.step();
        }

        var theirs = w.data<double>().ToArray();
        Assert.All(ours.Zip(theirs), p => Assert.Equal(p.Second, p.First, 1e-12));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_edges_of_slices_do_not_show(OptimizerKind kind, double decay)
    {
        var options = new OptimizerSection { Kind = kind, LearningRate = 0.05, WeightDecay = decay };
        var (weights, gradients) = Problem(101);
        var singles = weights.Select(w => (float)w).ToArray();
        var single = gradients.Select(g => g.Select(x => (float)x).ToArray()).ToArray();
        Assert.Equal(Run(options, singles, single, 1), Run(options, singles, single, 7));
    }

    private static unsafe T[] Run<T>(OptimizerSection options, T[] weights, T[][] gradients, int cuts)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var optimizer = OptimizerCatalogue.Create(options);
        var w = (T[])weights.Clone();
        T[][] state = [.. optimizer.State.Select(_ => GC.AllocateArray<T>(w.Length, pinned: true))];
        for (var step = 0; step < gradients.Length; step++)
        {
            for (var c = 0; c < cuts; c++)
            {
                var (from, to) = (w.Length * c / cuts, w.Length * (c + 1) / cuts);
                nint[] at = [.. state.Select(s => System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(s, from))];
                fixed (T* g = gradients[step], v = w)
                {
                    optimizer.Update(step, options.LearningRate, true, to - from, g + from, v + from, v + from, at, at);
                }
            }
        }

        GC.KeepAlive(state);
        return w;
    }

    private static (double[] Weights, double[][] Gradients) Problem(int size)
    {
        var random = new Random(1);
        double[] Vector() => [.. Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5)];
        return (Vector(), [.. Enumerable.Range(0, 12).Select(_ => Vector())]);
    }

    [Fact]
    public void Initial_weights_depend_on_seed_and_place_alone()
    {
        ParameterShape[] one = [new("a", [1000], Initialisation.Normal, 0.5, true), new("b", [1000], Initialisation.Uniform, 2, true)];
        var (x, y) = (new double[2000], new double[2001]);
        InitialWeights.Fill<double>(one, 3, x);
        InitialWeights.Fill<double>([.. one, new("c", [1], Initialisation.One, 0, false)], 3, y);
        Assert.Equal(x, y[..2000]);
        Assert.Equal(1, y[2000]);
        Assert.Equal(0.5, Math.Sqrt(x[..1000].Average(v => v * v)), 0.05);
        Assert.InRange(x[1000..].Max(), 1.9, 2);
        var other = new double[2000];
        InitialWeights.Fill<double>(one, 4, other);
        Assert.NotEqual(x, other);
    }
}
