using System.Text;

namespace Granary.Model.Onnx;

/// <summary>What columns of texts and of categories have in common, in ONNX's operators.</summary>
internal static class TextOperators
{
    private static readonly Lazy<string> Blank = new(() => string.Concat(Enumerable.Range(0, char.MaxValue + 1).Where(c => char.IsWhiteSpace((char)c)).Select(c => FormattableString.Invariant($"\\x{{{c:x}}}"))));

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

    /// <summary>Whether texts are one of some.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="texts">[...].</param>
    /// <param name="some">The texts to look for.</param>
    /// <returns>[...], bool.</returns>
    public static OnnxValue IsOneOf(this OnnxGraph graph, OnnxValue texts, string[] some) => graph.Cast(
        graph.AddMachineLearning("LabelEncoder", [texts], ("keys_strings", some), ("values_int64s", (long[])[.. some.Select(_ => 1L)]), ("default_int64", 0L)), OnnxType.Bool);

    /// <summary>The same, whatever blanks are around them. Of opset 20.</summary>
    /// <inheritdoc cref="IsOneOf"/>
    public static OnnxValue IsTrimmedOneOf(this OnnxGraph graph, OnnxValue texts, string[] some) =>
        graph.Add("RegexFullMatch", [texts], ("pattern", $"[{Blank.Value}]*(?:{string.Join('|', some.Select(Literally))})[{Blank.Value}]*"));

    // https://github.com/google/re2/wiki/Syntax
    private static string Literally(string text) => string.Concat(text.EnumerateRunes().Select(r => Rune.IsLetterOrDigit(r) ? r.ToString() : FormattableString.Invariant($"\\x{{{r.Value:x}}}")));
}
