using Granary.Jobs;
using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>The same in ONNX, with its own convolutions.</summary>
internal sealed partial class Cnn : IOnnxNetwork
{
    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs)
    {
        var a = graph.Add("Reshape", [inputs, graph.Integers(-1, image.Channels, image.Height, image.Width)]); // [N, D] -> [N, C, H, W]
        for (var i = 0; i < 2 * convolutions; i += 2)
        {
            var maps = Convolved(graph, a, parameters[i], parameters[i + 1]);
            a = graph.Add("MaxPool", [graph.Apply(activation, maps)], ("kernel_shape", new[] { Pool, Pool }), ("strides", new[] { Pool, Pool }));
        }

        a = graph.Add("Flatten", [a]); // [N, C H W]
        for (var i = 2 * convolutions; i < parameters.Count; i += 2)
        {
            var z = graph.Linear(a, parameters[i], parameters[i + 1]);
            a = i + 2 == parameters.Count ? z : graph.Apply(activation, z);
        }

        return a; // [N, K]
    }

    // ONNX Runtime has convolutions for float32 alone: its error there is below 1e-6.
    private static OnnxValue Convolved(OnnxGraph graph, OnnxValue a, OnnxValue weight, OnnxValue bias)
    {
        OnnxValue Of(params OnnxValue[] inputs) => graph.Add("Conv", inputs, ("pads", new[] { 1, 1, 1, 1 }));
        return graph.Precision == Precision.Float32 ? Of(a, weight, bias)
            : graph.ToPrecision(Of(graph.Cast(a, OnnxType.Float32), graph.Cast(weight, OnnxType.Float32), graph.Cast(bias, OnnxType.Float32)));
    }
}
