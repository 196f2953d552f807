using Granary.Jobs;
using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>The same in ONNX.</summary>
internal sealed partial class Mlp : IOnnxNetwork
{
    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs)
    {
        var first = embedded?.Tables ?? 0;
        var a = embedded?.Join(graph, parameters, inputs) ?? inputs; // [N, D] -> [N, J]
        for (var i = first; i < parameters.Count; i += 2)
        {
            var z = graph.Linear(a, parameters[i], parameters[i + 1]); // [N, H]
            var last = i + 2 == parameters.Count;
            a = last && loss == Loss.CrossEntropy ? z : graph.Apply(activation, z);
        }

        return a; // [N, K]
    }
}
