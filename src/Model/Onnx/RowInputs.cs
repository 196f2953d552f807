using Granary.Model.Files;

namespace Granary.Model.Onnx;

/// <summary>The way into a network of rows, from values as the source has them.</summary>
/// <remarks>N examples, D features.</remarks>
internal static class RowInputs
{
    /// <summary>[N, D] missing values filled, standardised, in the model's precision: in float64 in between, as predict does it.</summary>
    public static OnnxValue Add(OnnxGraph graph, TrainedModel model)
    {
        if (model.Facts.Table is { } table)
        {
            return graph.ToPrecision(ColumnInputs.Add(graph, table, model.Data.MissingSpellings));
        }

        var features = graph.Input(OnnxNames.Features, graph.Numbers, About(model), "N", model.Facts.Shape.Features); // [N, D]
        if (model.Facts is { Fill: null, Scaling: null })
        {
            return features;
        }

        var x = graph.Cast(features, OnnxType.Float64);
        if (model.Facts.Fill is { } fill)
        {
            x = graph.Add("Where", [graph.Add("IsNaN", [x]), graph.Doubles(fill), x]);
        }

        if (model.Facts.Scaling is { } scaling)
        {
            // A feature that was constant in training becomes 0: it is divided by infinity.
            double[] deviations = [.. scaling.Deviation.Select(d => d == 0 ? double.PositiveInfinity : d)];
            x = graph.Add("Div", [graph.Add("Sub", [x, graph.Doubles(scaling.Mean)]), graph.Doubles(deviations)]);
        }

        return graph.ToPrecision(x);
    }

    private static string About(TrainedModel model) =>
        (model.Facts.Columns.Count > 0 ? $"The columns {string.Join(", ", model.Facts.Columns)}, in this order, as the training data has them"
            : model.Facts.PixelType == "ubyte" ? "The pixels, row by row, each divided by 255"
            : "The features, in the order of the training data, as it has them")
        + (model.Facts.Fill is null ? "; none may be missing." : "; NaN where one is missing.");
}
