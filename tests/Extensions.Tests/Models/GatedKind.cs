using Granary.Jobs;
using Granary.Model.Custom;
using Granary.Model.Data;
using Granary.Model.Networks;
using Granary.Model.Onnx;
using static TorchSharp.torch;

namespace Granary.Extensions.Tests.Models;

/// <summary>Softmax of V h + d with h = act(U x + b) sigma(G x + c): a kind of model through the door of the built-in ones. It has a key of theirs
/// (activation) and an option of its own (units).</summary>
/// <remarks>B batch, D features, H units, K classes.</remarks>
internal sealed class GatedKind : ModelDescription, INetworkMaker
{
    public override string Kind => "gated";

    public override IReadOnlyList<string> Keys => ["options", "activation"];

    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input)
    {
        var (h, scale) = (Units(model), 1 / Math.Sqrt(input.Features));
        return
        [
            new("unit.weight", [h, input.Features], Initialisation.Uniform, scale, Decays: true) { Axes = [Axis.Unnamed, Axis.Feature] },
            new("unit.bias", [h], Initialisation.Zero, 0, Decays: false) { Axes = [Axis.Unnamed] },
            new("gate.weight", [h, input.Features], Initialisation.Uniform, scale, Decays: true) { Axes = [Axis.Unnamed, Axis.Feature] },
            new("gate.bias", [h], Initialisation.One, 0, Decays: false) { Axes = [Axis.Unnamed] },
            new("class.weight", [input.Classes, h], Initialisation.Normal, 1 / Math.Sqrt(h), Decays: true) { Axes = [Axis.Class, Axis.Unnamed] },
            new("class.bias", [input.Classes], Initialisation.Zero, 0, Decays: false) { Axes = [Axis.Class] },
        ];
    }

    public override double? FlopsPerExample(ModelSection model, InputShape input) => ModelWork.OfLayers(Matrices(model, input));

    public override (string Key, string Message)? Broken(ModelSection model) =>
        model.Activation == Activation.Gelu ? ("activation", "a gated model gates by itself: choose another model.activation than gelu.") : null;

    public INetwork Network(ModelSection model, InputShape input) => new Gated(model.Activation);

    private static int Units(ModelSection model) => ModelOptions.Read(model, options => options.Int("units", fallback: 16, min: 1, max: 4096));

    private sealed class Gated(Activation activation) : INetwork, IOnnxNetwork
    {
        public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null)
        {
            var units = nn.functional.linear(inputs, parameters[0], parameters[1]); // [B, H]
            var gates = nn.functional.linear(inputs, parameters[2], parameters[3]).sigmoid(); // [B, H]
            var open = (activation == Activation.Tanh ? units.tanh() : units.relu()) * gates;
            return nn.functional.linear(open, parameters[4], parameters[5]); // [B, K]
        }

        public Tensor LossSum(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.Sum);

        public Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None);

        public Tensor Correct(Tensor outputs, Tensor targets) => outputs.argmax(1).eq(targets).sum();

        // For granary export --format onnx: the formulas of Outputs.
        public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs)
        {
            var units = graph.Apply(activation == Activation.Tanh ? Activation.Tanh : Activation.Relu, graph.Linear(inputs, parameters[0], parameters[1])); // [N, H]
            var gates = graph.Add("Sigmoid", [graph.Linear(inputs, parameters[2], parameters[3])]); // [N, H]
            return graph.Linear(graph.Add("Mul", [units, gates]), parameters[4], parameters[5]); // [N, K]
        }
    }
}
