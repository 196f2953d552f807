using Granary.Jobs;
using Granary.Model.Custom;
using Granary.Model.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Granary.Extensions.Tests.Models;

/// <summary>A model of images: its <c>forward</c> gets [B, C, H, W], whatever format they come from.</summary>
public sealed class EdgeNet : OwnModel, IOnnxNetwork
{
    private readonly Conv2d edges;
    private readonly Linear linear;

    public EdgeNet(ModelOptions options, InputShape input)
        : base(nameof(EdgeNet))
    {
        var (channels, height, width) = input.RequireImage(); // refuses data without images
        var filters = options.Int("filters", fallback: 4, min: 1, max: 256);
        edges = nn.Conv2d(channels, filters, kernel_size: 3, padding: 1);
        linear = nn.Linear(filters * (height / 2) * (width / 2), input.Classes);
        RegisterComponents();
    }

    public override bool TakesImages => true;

    public override Tensor forward(Tensor x) // [B, C, H, W]
    {
        var half = nn.functional.max_pool2d(edges.forward(x).relu(), 2); // [B, F, H / 2, W / 2]
        return linear.forward(half.flatten(1)); // [B, K]
    }

    public override Tensor Losses(Tensor outputs, Tensor targets) =>
        nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None); // [B, K] [B] -> [B]

    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) // [N, C, H, W]
    {
        var maps = graph.Add("Relu", [graph.Add("Conv", [inputs, parameters[0], parameters[1]], ("pads", new[] { 1, 1, 1, 1 }))]);
        var half = graph.Add("MaxPool", [maps], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        return graph.Linear(graph.Add("Flatten", [half]), parameters[2], parameters[3]);
    }
}
