using Granary.Jobs;

namespace Granary.Model.Onnx;

/// <summary>How cells of a kind of column become features, in ONNX's operators.</summary>
internal interface IOnnxColumn
{
    /// <summary>What the cells are: float64, or text.</summary>
    OnnxType Cells { get; }

    /// <summary>A cell that has a value, for people, without a full stop.</summary>
    string About(FittedColumn column);

    /// <summary>The features of a fitted column.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="column">The column.</param>
    /// <param name="cells">[N, 1].</param>
    /// <param name="missing">The texts that stand for a missing value, the empty one among them.</param>
    /// <returns>[N, features], float64.</returns>
    OnnxValue Features(OnnxGraph graph, FittedColumn column, OnnxValue cells, string[] missing);
}
