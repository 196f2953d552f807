using Granary.Model.Onnx;

namespace Granary.Model.Networks;

/// <summary>The same in ONNX.</summary>
internal sealed partial class LogisticRegression : IOnnxNetwork
{
    /// <inheritdoc/>
    public bool GivesLogOdds => true;

    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) =>
        graph.Linear(inputs, parameters[0], parameters[1]); // [N, D] [1, D] [1] -> [N, 1]
}
