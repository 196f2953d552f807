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
    public OnnxValue Features(OnnxGraph graph, FittedColumn column, OnnxValue cells, string[] missing)
    {
        var encoder = ColumnKinds.Of(column.Section.Kind).Encoder(column with { Section = column.Section with { Embedding = 1 } }); // one feature: the place
        var place = new double[1];
        encoder.Encode(double.NaN, null, place);
        var places = column.Section.Buckets is { } buckets
            ? Hashed(graph, column, cells, buckets, missing, (long)place[0])
            : graph.AddMachineLearning(
                "LabelEncoder",
                [cells],
                ("keys_strings", (string[])[.. column.Categories, .. missing]),
                ("values_int64s", (long[])[.. Enumerable.Range(0, column.Categories.Length).Select(i => (long)i), .. missing.Select(_ => (long)place[0])]),
                ("default_int64", (long)column.Categories.Length)); // [N, 1]
        return column.Section.Embedding is null ? graph.OneOf(places, 0, encoder.Embedded!.Entries) : graph.Cast(places, OnnxType.Float64);
    }

    private static OnnxValue Hashed(OnnxGraph graph, FittedColumn column, OnnxValue cells, long buckets, string[] missing, long place)
    {
        var bucket = graph.Bucket(cells, buckets); // [N, 1]
        return column.Section.Missing == MissingRule.Refuse ? bucket : graph.Add("Where", [graph.IsOneOf(cells, missing), graph.Integer(place), bucket]);
    }
}
