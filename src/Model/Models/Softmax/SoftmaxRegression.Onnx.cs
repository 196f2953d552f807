using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>The same in ONNX.</summary>
internal sealed partial class SoftmaxRegression : IOnnxNetwork
{
    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) =>
        graph.Linear(inputs, parameters[0], parameters[1]); // [N, D] [K, D] [K] -> [N, K]
}
