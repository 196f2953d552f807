using Granary.Jobs;
using Granary.Model.Custom;
using Granary.Model.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Granary.Extensions.Tests.Models;

/// <summary>Several labels for a row: each has its log-odds, and an example's loss is the sum over labels.</summary>
public sealed class Tagger : OwnModel, IOnnxNetwork
{
    private readonly Linear linear;

    public Tagger(InputShape input)
        : base(nameof(Tagger))
    {
        linear = nn.Linear(input.Features, input.Classes);
        RegisterComponents();
    }

    public override bool LearnsLabels => true;

    public override Tensor forward(Tensor x) => linear.forward(x); // [B, K], log-odds

    public override Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.binary_cross_entropy_with_logits(
        outputs, targets, reduction: nn.Reduction.None).sum(1); // [B, K] [B, K] -> [B]

    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) => graph.Linear(inputs, parameters[0], parameters[1]);
}
