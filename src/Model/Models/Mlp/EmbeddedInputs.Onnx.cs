using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>The same in ONNX.</summary>
internal sealed partial class EmbeddedInputs
{
    /// <summary>[N, D] -> [N, J].</summary>
    public OnnxValue Join(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs)
    {
        var (parts, at) = (new List<OnnxValue>(), 0);
        for (var e = 0; e < embedded.Count; e++)
        {
            var feature = embedded[e].Feature;
            if (feature > at)
            {
                parts.Add(Slice(at, feature));
            }

            var rows = graph.Cast(graph.Add("Gather", [inputs, graph.Integer(feature)], ("axis", 1)), OnnxType.Int64); // [N]
            parts.Add(graph.Add("Gather", [parameters[e], rows])); // [E, W] [N] -> [N, W]
            at = feature + 1;
        }

        if (at < features)
        {
            parts.Add(Slice(at, features));
        }

        return graph.SideBySide(parts);

        OnnxValue Slice(int from, int end) => graph.Add("Slice", [inputs, graph.Integers(from), graph.Integers(end), graph.Integers(1)]);
    }
}
