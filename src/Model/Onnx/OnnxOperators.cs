using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>What networks are mostly made of, in ONNX's operators.</summary>
public static class OnnxOperators
{
    /// <summary>x W^T + b, as torch's linear.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="bias">[out]; null: there is none.</param>
    /// <returns>[..., out].</returns>
    public static OnnxValue Linear(this OnnxGraph graph, OnnxValue x, OnnxValue weight, OnnxValue? bias)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var product = graph.Add("MatMul", [x, graph.Add("Transpose", [weight], ("perm", new[] { 1, 0 }))]);
        return bias is null ? product : graph.Add("Add", [product, bias]);
    }

    /// <summary>softmax(z) over the last dimension.</summary>
    public static OnnxValue Softmax(this OnnxGraph graph, OnnxValue z)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Add("Softmax", [z], ("axis", -1));
    }

    /// <summary>sigma(z), element by element.</summary>
    public static OnnxValue Apply(this OnnxGraph graph, Activation activation, OnnxValue z)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return activation switch
        {
            Activation.Sigmoid => graph.Add("Sigmoid", [z]),
            Activation.Tanh => graph.Add("Tanh", [z]),
            Activation.Relu => graph.Add("Relu", [z]),
            Activation.Gelu => Gelu(graph, z),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
        };
    }

    /// <summary>Joined along the last dimension of two.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="parts">[N, ...] each.</param>
    internal static OnnxValue SideBySide(this OnnxGraph graph, IReadOnlyList<OnnxValue> parts) => parts.Count == 1 ? parts[0] : graph.Add("Concat", parts, ("axis", 1));

    /// <summary>1 at the place of a whole number, and 0 elsewhere.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="numbers">[N, 1], int64.</param>
    /// <param name="first">The number of the first place.</param>
    /// <param name="count">Places.</param>
    /// <returns>[N, count], float64.</returns>
    internal static OnnxValue OneOf(this OnnxGraph graph, OnnxValue numbers, long first, int count) =>
        graph.Cast(graph.Add("Equal", [numbers, graph.Integers([.. Enumerable.Range(0, count).Select(i => first + i)])]), OnnxType.Float64);

    // z (1 + erf(z / sqrt 2)) / 2. Gelu is an operator from opset 20 on only. ONNX Runtime has erf for float32 alone: its error there is below 1e-6.
    private static OnnxValue Gelu(OnnxGraph graph, OnnxValue z)
    {
        var scaled = graph.Add("Mul", [z, graph.Number(Math.Sqrt(0.5))]);
        var erf = graph.Precision == Precision.Float64
            ? graph.ToPrecision(graph.Add("Erf", [graph.Cast(scaled, OnnxType.Float32)]))
            : graph.Add("Erf", [scaled]);
        return graph.Add("Mul", [graph.Add("Mul", [z, graph.Number(0.5)]), graph.Add("Add", [erf, graph.Number(1)])]);
    }
}
