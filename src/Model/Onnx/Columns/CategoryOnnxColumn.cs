using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>Categories: a feature for each, one for all others, one for a missing value where the column has it.</summary>
internal sealed class CategoryOnnxColumn : IOnnxColumn
{
    /// <inheritdoc/>
    public OnnxType Cells => OnnxType.Text;

    /// <inheritdoc/>
    public string About(FittedColumn column) => "the category, without blanks around it";

    /// <inheritdoc/>
    public bool CanWrite(FittedColumn column) => column.Section.Buckets is null;

    /// <inheritdoc/>
    public OnnxValue Features(OnnxGraph graph, FittedColumn column, OnnxValue cells)
    {
        var (known, others) = (column.Categories, (long)column.Categories.Length);
        var hasSlot = column.Section.Missing == MissingRule.Slot;
        var missing = hasSlot ? others + 1 : column.Section.Fill is { } fill && Array.IndexOf(known, fill) is >= 0 and var place ? place : others;
        var places = graph.AddMachineLearning(
            "LabelEncoder",
            [cells],
            ("keys_strings", (string[])[.. known, ""]),
            ("values_int64s", (long[])[.. Enumerable.Range(0, known.Length).Select(i => (long)i), missing]),
            ("default_int64", others)); // [N, 1]
        return graph.OneOf(places, 0, known.Length + (hasSlot ? 2 : 1));
    }
}
