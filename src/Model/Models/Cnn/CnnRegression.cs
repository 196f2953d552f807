using Granary.Model.Data;
using Granary.Model.Onnx;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>The same layers, the last of which gives one number.</summary>
/// <param name="layers">The layers.</param>
/// <param name="loss">What an error costs.</param>
/// <remarks>B batch, D numbers of an image.</remarks>
internal sealed class CnnRegression(Cnn layers, NumberLoss loss) : Regression(loss), IOnnxNetwork
{
    /// <inheritdoc/>
    public override Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null) =>
        layers.Outputs(parameters, inputs, place, cuts); // [B, D] -> [B, 1]

    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) => layers.Outputs(graph, parameters, inputs); // [N, D] -> [N, 1]

    OnnxValue IOnnxNetwork.Numbers(OnnxGraph graph, OnnxValue outputs) => Predicted(graph, outputs);
}
