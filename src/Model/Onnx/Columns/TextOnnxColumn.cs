using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>Texts: a feature for each bucket that words and runs of words are hashed to, and one for a missing text where the column has it.</summary>
/// <remarks>N texts, G words and runs of words in the longest of them, B buckets.</remarks>
internal sealed class TextOnnxColumn : IOnnxColumn
{
    /// <inheritdoc/>
    public OnnxType Cells => OnnxType.Text;

    /// <inheritdoc/>
    public string About(FittedColumn column) => "the text";

    /// <inheritdoc/>
    public OnnxValue Features(OnnxGraph graph, FittedColumn column, OnnxValue cells, string[] missing)
    {
        // With one text more, which goes at the end: ONNX Runtime's Tokenizer gives none another form.
        var given = graph.Add("Concat", [cells, graph.Add("Reshape", [graph.Texts([""]), graph.Integers(1, 1)])], ("axis", 0));
        var isMissing = graph.IsTrimmedOneOf(given, missing); // [N + 1, 1]
        var filled = graph.Add("Where", [isMissing, graph.Texts([column.Section.Fill ?? ""]), given]);
        var counts = Counts(graph, column.Section.Buckets!.Value, OnnxWords.Of(graph, filled).Runs(graph, column.Section.Ngrams!.Value));
        var features = column.Section.Weight switch
        {
            TextWeight.Binary => graph.Add("Min", [counts, graph.Doubles([1])]),
            TextWeight.TfIdf => Unit(graph, graph.Add("Mul", [counts, graph.Doubles([.. column.Weights])])),
            _ => counts,
        };
        var all = column.Section.Missing == MissingRule.Slot ? graph.SideBySide([features, graph.Cast(isMissing, OnnxType.Float64)]) : features;
        return graph.Add("Slice", [all, graph.Integers(0), graph.Integers(-1), graph.Integers(0)]);
    }

    // [N, B]: how often each bucket is met. What is no word goes into one more, which is left out.
    private static OnnxValue Counts(OnnxGraph graph, int buckets, OnnxWords words)
    {
        var places = graph.Add("Where", [words.IsWord, graph.Bucket(words.Words, buckets), graph.Integer(buckets)]); // [N, G]
        var sizes = graph.Add("Concat", [graph.Add("Shape", [places], ("start", 0), ("end", 1)), graph.Integers(buckets + 1)], ("axis", 0));
        OnnxValue Filled(double value, OnnxValue shape) => graph.Add("Expand", [graph.Doubles([value]), shape]);
        var all = graph.Add("ScatterElements", [Filled(0, sizes), places, Filled(1, graph.Add("Shape", [places]))], ("axis", 1), ("reduction", "add"));
        return graph.Add("Slice", [all, graph.Integers(0), graph.Integers(buckets), graph.Integers(1)]);
    }

    // Of length 1, or 0 where all are 0.
    private static OnnxValue Unit(OnnxGraph graph, OnnxValue rows)
    {
        var squares = graph.Add("ReduceSum", [graph.Add("Mul", [rows, rows]), graph.Integers(1)], ("keepdims", 1)); // [N, 1]
        return graph.Add("Div", [rows, graph.Add("Where", [graph.Add("Greater", [squares, graph.Doubles([0])]), graph.Add("Sqrt", [squares]), graph.Doubles([1])])]);
    }
}
