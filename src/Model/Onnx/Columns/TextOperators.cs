namespace Granary.Model.Onnx;

/// <summary>What columns of texts and of categories have in common, in ONNX's operators.</summary>
internal static class TextOperators
{
    /// <summary>The buckets of texts, as scikit-learn deals them: the hash as a signed number, without its sign, modulo the buckets.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="texts">[...].</param>
    /// <param name="buckets">How many there are.</param>
    /// <returns>[...], int64.</returns>
    public static OnnxValue Bucket(this OnnxGraph graph, OnnxValue texts, long buckets)
    {
        var hash = graph.Cast(graph.AddOfRuntime("MurmurHash3", [texts], ("positive", 0), ("seed", 0)), OnnxType.Int64);
        return graph.Add("Mod", [graph.Add("Abs", [hash]), graph.Integer(buckets)]);
    }

    /// <summary>1 where a text is empty, and 0 elsewhere.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="texts">[...].</param>
    /// <returns>[...], int64.</returns>
    public static OnnxValue IsEmpty(this OnnxGraph graph, OnnxValue texts) =>
        graph.AddMachineLearning("LabelEncoder", [texts], ("keys_strings", (string[])[""]), ("values_int64s", (long[])[1]), ("default_int64", 0L));
}
