using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>Categories: a feature for each place, or one feature, the place. Places are those of the categories and of all others, or of a hash's buckets, and of a missing
/// value where the column has one.</summary>
internal sealed class CategoryOnnxColumn : IOnnxColumn
{
    /// <inheritdoc/>
    public OnnxType Cells => OnnxType.Text;

    /// <inheritdoc/>
    public string About(FittedColumn column) => "the category, without blanks around it";

    /// <inheritdoc/>
    public OnnxValue Features(OnnxGraph graph, FittedColumn column, OnnxValue cells)
    {
        var encoder = ColumnKinds.Of(column.Section.Kind).Encoder(column with { Section = column.Section with { Embedding = 1 } }); // one feature: the place
        var missing = new double[1];
        encoder.Encode(double.NaN, null, missing);
        var places = column.Section.Buckets is { } buckets
            ? Hashed(graph, column, cells, buckets, (long)missing[0])
            : graph.AddMachineLearning(
                "LabelEncoder",
                [cells],
                ("keys_strings", (string[])[.. column.Categories, ""]),
                ("values_int64s", (long[])[.. Enumerable.Range(0, column.Categories.Length).Select(i => (long)i), (long)missing[0]]),
                ("default_int64", (long)column.Categories.Length)); // [N, 1]
        return column.Section.Embedding is null ? graph.OneOf(places, 0, encoder.Embedded!.Entries) : graph.Cast(places, OnnxType.Float64);
    }

    // As scikit-learn deals them: the hash as a signed number, without its sign, modulo the buckets.
    private static OnnxValue Hashed(OnnxGraph graph, FittedColumn column, OnnxValue cells, long buckets, long missing)
    {
        var hash = graph.Cast(graph.AddOfRuntime("MurmurHash3", [cells], ("positive", 0), ("seed", 0)), OnnxType.Int64); // [N, 1]
        var bucket = graph.Add("Mod", [graph.Add("Abs", [hash]), graph.Integer(buckets)]);
        if (column.Section.Missing == MissingRule.Refuse)
        {
            return bucket;
        }

        var isEmpty = graph.AddMachineLearning("LabelEncoder", [cells], ("keys_strings", (string[])[""]), ("values_int64s", (long[])[1]), ("default_int64", 0L));
        return graph.Add("Where", [graph.Add("Equal", [isEmpty, graph.Integer(1)]), graph.Integer(missing), bucket]);
    }
}
