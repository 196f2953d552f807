using System.Runtime.CompilerServices;
using Granary.Jobs;
using Granary.Model.Custom;
using Granary.Model.Tests.Kernels;
using Granary.Samples;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Own;

/// <summary>Models of somebody's own: the sample's, two that are right, and some of each mistake.</summary>
internal static class Kinds
{
    [ModuleInitializer]
    internal static void Register()
    {
        OwnModels.Add("digits-cnn", (options, input) => new DigitsCnn(options, input));
        OwnModels.Add("plain", (_, input) => new Plain(input, (z, y) => nn.functional.cross_entropy(z, y, reduction: nn.Reduction.None)));
        OwnModels.Add("poisson", (_, input) => new Poisson(input));
        OwnModels.Add("forgetful", (_, input) => new Plain(input, (z, y) => z.sum(1), register: false));
        OwnModels.Add("mean-loss", (_, input) => new Plain(input, (z, y) => nn.functional.cross_entropy(z, y)));
        OwnModels.Add("wide", (_, input) => new Plain(input with { Classes = 7 }, (z, y) => z.sum(1)));
        OwnModels.Add("long", (_, input) => new Plain(input with { Features = 99 }, (z, y) => z.sum(1)));
        OwnModels.Add("batch-norm", (_, input) => new Plain(input, (z, y) => z.sum(1), nn.BatchNorm1d(input.Features)));
        OwnModels.Add("random", (_, input) => new Plain(input, (z, y) => z.sum(1), nn.Dropout(0.5)));
        OwnModels.Add("twice", (_, input) => new Twisted(input, x => Wrong.Gradient(x, 2)));
        OwnModels.Add("no-number", (_, input) => new Twisted(input, Wrong.NoNumber));
        OwnModels.Add("sometimes", (_, input) => new Twisted(input, new Sometimes().Apply));
        OwnModels.Add("float-constants", (_, input) => new Twisted(input, x => x.mm(ones(4, 4, ScalarType.Float32))));
        OwnModels.Add("thrower", (_, _) => throw new InvalidOperationException("no flour\nat line 3"));
    }

    public static ModelSection Model(string kind, params (string Name, string Value)[] options) => new()
    {
        Kind = kind,
        Options = options.ToDictionary(o => o.Name, o => o.Value),
        Precision = Precision.Float64,
    };

    /// <summary>Which of the passes of a "sometimes" are wrong, counted from 0.</summary>
    public static HashSet<int> WrongSets { get; set; } = [];

    private sealed class Sometimes
    {
        private int _passes = -1;

        public Tensor Apply(Tensor x) => Wrong.Gradient(x, is_grad_enabled() && x.dtype == ScalarType.Float32 && WrongSets.Contains(++_passes) ? 3 : 1);
    }

    /// <summary>Two linear maps, with something between them.</summary>
    private sealed class Twisted : OwnModel
    {
        private readonly Linear before;
        private readonly Linear after;
        private readonly Func<Tensor, Tensor> _between;

        public Twisted(InputShape input, Func<Tensor, Tensor> between)
            : base(nameof(Twisted))
        {
            (before, after, _between) = (nn.Linear(input.Features, 4), nn.Linear(4, input.Classes), between);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => after.forward(_between(before.forward(x).tanh()));

        public override Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None);
    }

    /// <summary>A linear map, with a layer before it or none: softmax regression, where its loss is cross-entropy.</summary>
    private sealed class Plain : OwnModel
    {
        private readonly nn.Module<Tensor, Tensor>? before;
        private readonly Linear linear;
        private readonly Func<Tensor, Tensor, Tensor> _losses;

        public Plain(InputShape input, Func<Tensor, Tensor, Tensor> losses, nn.Module<Tensor, Tensor>? layer = null, bool register = true)
            : base(nameof(Plain))
        {
            (before, linear, _losses) = (layer, nn.Linear(input.Features, input.Classes), losses);
            if (register)
            {
                RegisterComponents();
            }
        }

        public override Tensor forward(Tensor x) => linear.forward(before is null ? x : before.forward(x));

        public override Tensor Losses(Tensor outputs, Tensor targets) => _losses(outputs, targets);
    }

    /// <summary>The class is a count with the rate e^(w x + b): a loss and probabilities that no built-in model has.</summary>
    private sealed class Poisson : OwnModel
    {
        private readonly Linear linear;
        private readonly int _classes;

        public Poisson(InputShape input)
            : base(nameof(Poisson))
        {
            (linear, _classes) = (nn.Linear(input.Features, 1), input.Classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => linear.forward(x); // [B, 1], the logarithm of the rate

        public override Tensor Losses(Tensor outputs, Tensor targets) =>
            outputs.squeeze(1).exp() - (outputs.squeeze(1) * targets.to(outputs.dtype)); // but for log y!

        public override Tensor Probabilities(Tensor outputs)
        {
            var counts = arange(_classes, outputs.dtype); // [K]
            return ((counts * outputs) - outputs.exp() - (counts + 1).lgamma()).exp(); // [K] [B, 1] -> [B, K]
        }
    }
}
