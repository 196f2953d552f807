using Granary.Jobs;
using Granary.Model.Files;

namespace Granary.Model.Onnx;

/// <summary>The ends of a network of texts: tokens in, the next token's logits out.</summary>
internal static class TextEnds
{
    public static void Add(OnnxGraph graph, TrainedModel model, IOnnxNetwork onnx, IReadOnlyList<OnnxValue> parameters)
    {
        var tokens = graph.Input(OnnxNames.Tokens, OnnxType.Int64, $"Tokens' ids, at most {model.Model.Context} in a sequence.", "batch", "sequence");
        var logits = onnx.Outputs(graph, parameters, tokens);
        graph.Output(
            OnnxNames.Logits, logits, graph.Numbers, "For each token the logits of the one after it, by id.", "batch", "sequence", model.Facts.Shape.Classes);
    }
}

/// <summary>The ends of a network of words: words in, their vectors out.</summary>
internal static class WordEnds
{
    public static void Add(OnnxGraph graph, TrainedModel model, IOnnxNetwork onnx, IReadOnlyList<OnnxValue> parameters)
    {
        string[] words = [.. model.Facts.Classes];
        var unknown = (long)Array.IndexOf(words, WordVocabulary.Unknown);
        var asked = graph.Input(
            OnnxNames.Words, OnnxType.Text, model.Data.Tokens == TokenKind.Word ? "Words, in lower case." : "Words.", "N");
        var ids = graph.AddMachineLearning(
            "LabelEncoder", [asked], ("keys_strings", words), ("values_int64s", Enumerable.Range(0, words.Length).Select(i => (long)i).ToArray()), ("default_int64", unknown)); // [N]
        var vectors = unknown >= 0 ? onnx.Outputs(graph, parameters, ids) : OrZero(graph, ids, known => onnx.Outputs(graph, parameters, known));
        graph.Output(OnnxNames.Ids, ids, OnnxType.Int64, unknown >= 0 ? "Each word's place among granary.classes; that of <unk> for others." : "Each word's place among granary.classes; -1 for others.", "N");
        graph.Output(
            OnnxNames.Vectors, vectors, graph.Numbers, unknown >= 0 ? "Each word's vector; that of <unk> for others." : "Each word's vector; zeros for others.", "N", model.Model.Width);
    }

    private static OnnxValue OrZero(OnnxGraph graph, OnnxValue ids, Func<OnnxValue, OnnxValue> vectors)
    {
        var known = graph.Add("GreaterOrEqual", [ids, graph.Integer(0)]); // [N]
        var found = vectors(graph.Add("Where", [known, ids, graph.Integer(0)])); // [N, d]
        return graph.Add("Where", [graph.Add("Unsqueeze", [known, graph.Integers(1)]), found, graph.Number(0)]);
    }
}
