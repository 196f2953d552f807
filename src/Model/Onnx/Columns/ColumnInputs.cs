using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>The way into a network of rows whose job describes columns (data.columns): an input for each column, by its name.</summary>
/// <remarks>N examples, D features.</remarks>
internal static class ColumnInputs
{
    // By the name of a column's kind.
    private static readonly Dictionary<string, IOnnxColumn> Kinds = new(StringComparer.Ordinal)
    {
        ["numeric"] = new NumberOnnxColumn("The number"),
        ["boolean"] = new NumberOnnxColumn("1 for yes, 0 for no"),
        ["date"] = new DateOnnxColumn(),
        ["categorical"] = new CategoryOnnxColumn(),
        ["text"] = new TextOnnxColumn(),
    };

    /// <summary>[N, D] in float64: each column's features side by side, as predict makes them.</summary>
    /// <param name="graph">The graph; it has no weights yet that could have taken a column's name.</param>
    /// <param name="table">Fitted columns.</param>
    /// <param name="spellings">How a missing value is spelt (data.missingValues).</param>
    public static OnnxValue Add(OnnxGraph graph, TableEncoding table, IReadOnlyList<string> spellings)
    {
        string[] missing = [.. spellings.Select(s => s.Trim()).Append("").Distinct(StringComparer.Ordinal)];
        var inputs = table.Columns.Select(column => Input(graph, column)).ToArray(); // all of them before anything else takes a name
        return graph.SideBySide([.. table.Columns.Zip(inputs).Select(c => Kinds[c.First.Section.Kind].Features(graph, c.First, c.Second, missing))]);
    }

    private static OnnxValue Input(OnnxGraph graph, FittedColumn column)
    {
        var kind = Kinds[column.Section.Kind];
        var missing = column.Section.Missing == MissingRule.Refuse ? "; none may be missing." : kind.Cells == OnnxType.Text ? "; empty where it is missing, or as the training data spells that." : "; NaN where it is missing.";
        return graph.Input(graph.FreeName(column.Name), kind.Cells, $"The column {column.Name}: {kind.About(column)}{missing}", "N", 1);
    }
}
