using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>Numbers: clipped, filled in, scaled; then whether the value is missing. The same as NumberEncoder does.</summary>
/// <param name="about">What a cell is, for people.</param>
internal class NumberOnnxColumn(string about) : IOnnxColumn
{
    /// <inheritdoc/>
    public OnnxType Cells => OnnxType.Float64;

    /// <inheritdoc/>
    public string About(FittedColumn column) => about;

    /// <inheritdoc/>
    public OnnxValue Features(OnnxGraph graph, FittedColumn column, OnnxValue cells, string[] missing)
    {
        var isMissing = graph.Add("IsNaN", [cells]); // [N, 1]
        var x = column.Section.Clip is [var low, var high]
            ? graph.Add("Min", [graph.Add("Max", [cells, graph.Doubles([low])]), graph.Doubles([high])])
            : cells;
        x = column.Fill is { } fill ? graph.Add("Where", [isMissing, graph.Doubles([fill]), x]) : x;
        var (numbers, choices) = Parts(graph, column, x);
        List<OnnxValue> features = [];
        if (numbers is not null)
        {
            // A number that was constant in training becomes 0: it is divided by infinity.
            double[] divisor = [.. column.Divisor.Select(d => d == 0 ? double.PositiveInfinity : d)];
            features.Add(graph.Add("Div", [graph.Add("Sub", [numbers, graph.Doubles(column.Center)]), graph.Doubles(divisor)]));
        }

        features.AddRange(choices);
        if (column.Section.Missing == MissingRule.Slot)
        {
            features.Add(graph.Cast(isMissing, OnnxType.Float64));
        }

        return graph.SideBySide(features);
    }

    /// <summary>What a cell with a value gives.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="column">The column.</param>
    /// <param name="x">[N, 1].</param>
    /// <returns>Numbers that are scaled, [N, numbers], null for none; and features that are 1 or 0, [N, choices] each.</returns>
    protected virtual (OnnxValue? Numbers, IReadOnlyList<OnnxValue> Choices) Parts(OnnxGraph graph, FittedColumn column, OnnxValue x) => (x, []);
}
