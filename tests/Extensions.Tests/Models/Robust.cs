using Granary.Jobs;
using Granary.Model.Custom;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Granary.Extensions.Tests.Models;

/// <summary>A regression whose loss is the logarithm of 1 + e^2 (Cauchy's), which no built-in kind has.</summary>
public sealed class Robust : OwnModel
{
    private static readonly Scalar One = 1;

    private readonly Linear linear;

    public Robust(InputShape input)
        : base(nameof(Robust))
    {
        linear = nn.Linear(input.Features, 1);
        RegisterComponents();
    }

    public override LearnedTarget Learns => LearnedTarget.Number;

    public override Tensor forward(Tensor x) => linear.forward(x); // [B, 1], the prediction

    public override Tensor Losses(Tensor outputs, Tensor targets)
    {
        var error = outputs.squeeze(1) - targets; // [B]
        return (error * error).add(One).log();
    }
}
