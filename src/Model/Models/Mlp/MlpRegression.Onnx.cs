using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>The same in ONNX.</summary>
internal sealed partial class MlpRegression : IOnnxNetwork
{
    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) => _layers.Outputs(graph, parameters, inputs); // [N, D] -> [N, 1]

    OnnxValue IOnnxNetwork.Numbers(OnnxGraph graph, OnnxValue outputs) => Predicted(graph, outputs);
}
