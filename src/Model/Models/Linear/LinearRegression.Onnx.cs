using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>The same in ONNX.</summary>
internal sealed partial class LinearRegression : IOnnxNetwork
{
    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) =>
        graph.Linear(inputs, parameters[0], parameters[1]); // [N, D] [1, D] [1] -> [N, 1]

    OnnxValue IOnnxNetwork.Numbers(OnnxGraph graph, OnnxValue outputs) => Predicted(graph, outputs);
}
