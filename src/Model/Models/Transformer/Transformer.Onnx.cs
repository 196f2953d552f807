using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>The same in ONNX, for any batch and any number of tokens up to the context.</summary>
/// <remarks>B batch, T tokens, C width of the stream, H heads, D numbers of a head's key, K vocabulary.</remarks>
internal sealed partial class Transformer : IOnnxNetwork
{
    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs)
    {
        var p = new ParameterReader<OnnxValue>(parameters);
        var tokens = graph.Add("Gather", [graph.Add("Shape", [inputs]), graph.Integer(1)]); // T
        var places = graph.Add("Range", [graph.Integer(0), tokens, graph.Integer(1)]); // [T]
        var past = graph.Add("LessOrEqual", [Unsqueezed(graph, places, 0), Unsqueezed(graph, places, 1)]); // [T, T], true where a key is not after its query
        var embedding = p.Next(); // [K, C]
        var x = graph.Add("Add", [graph.Add("Gather", [embedding, inputs]), graph.Add("Gather", [p.Next(), places])]); // [B, T, C]
        for (var block = 0; block < model.Layers; block++)
        {
            x = graph.Add("Add", [x, Attention(graph, Norm(graph, x, p), past, p)]);
            x = graph.Add("Add", [x, FeedForward(graph, Norm(graph, x, p), p)]);
        }

        x = Norm(graph, x, p);
        return graph.Linear(x, model.TiedUnembedding ? embedding : p.Next(), null); // [B, T, K]
    }

    private OnnxValue Norm(OnnxGraph graph, OnnxValue x, ParameterReader<OnnxValue> p) => model.LayerNorm
        ? graph.Add("LayerNormalization", [x, p.Next(), p.NextIf(model.Biases)], ("axis", -1), ("epsilon", NormEpsilon))
        : x;

    private OnnxValue Linear(OnnxGraph graph, OnnxValue x, ParameterReader<OnnxValue> p) => graph.Linear(x, p.Next(), p.NextIf(model.Biases));

    private OnnxValue Attention(OnnxGraph graph, OnnxValue x, OnnxValue past, ParameterReader<OnnxValue> p)
    {
        var heads = graph.Add("Reshape", [Linear(graph, x, p), graph.Integers(0, 0, 3, model.Heads, _keyWidth)]); // [B, T, 3, H, D]; 0: as it is
        var parts = graph.Add("Transpose", [heads], ("perm", new[] { 2, 0, 3, 1, 4 })); // [3, B, H, T, D]
        OnnxValue Part(int i) => graph.Add("Gather", [parts, graph.Integer(i)]); // queries, keys, value-down: each [B, H, T, D]
        var (queries, keys, values) = (Part(0), graph.Add("Transpose", [Part(1)], ("perm", new[] { 0, 1, 3, 2 })), Part(2));
        var scores = graph.Add("Mul", [graph.Add("MatMul", [queries, keys]), graph.Number(Math.Pow(_keyWidth, -0.5))]); // [B, H, T, T]
        var weights = graph.Softmax(graph.Add("Where", [past, scores, graph.Number(double.NegativeInfinity)]));
        var mixed = graph.Add("Transpose", [graph.Add("MatMul", [weights, values])], ("perm", new[] { 0, 2, 1, 3 })); // [B, T, H, D]
        return Linear(graph, graph.Add("Reshape", [mixed, graph.Integers(0, 0, model.Heads * _keyWidth)]), p); // [B, T, C]
    }

    private OnnxValue FeedForward(OnnxGraph graph, OnnxValue x, ParameterReader<OnnxValue> p) =>
        Linear(graph, graph.Apply(model.Activation, Linear(graph, x, p)), p); // [B, T, 4C] between

    private static OnnxValue Unsqueezed(OnnxGraph graph, OnnxValue value, int axis) => graph.Add("Unsqueeze", [value, graph.Integers(axis)]);
}
