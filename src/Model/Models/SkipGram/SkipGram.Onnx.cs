using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>As a lookup: the vector of a word as a centre.</summary>
internal sealed partial class SkipGram : IOnnxNetwork
{
    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) =>
        graph.Add("Gather", [parameters[0], inputs]); // [V, d] [N] -> [N, d]
}
