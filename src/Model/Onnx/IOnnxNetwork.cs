namespace Granary.Model.Onnx;

/// <summary>
/// How a network is written as an ONNX graph: the same formulas as those of <see cref="Networks.INetwork"/>, in ONNX's operators. A network, or a module of one's own
/// (<see cref="Custom.OwnModel"/>), that has it can be exported. What stands before and after the network is added for it: filling and standardising on the way in; class and
/// probabilities, or the number in the target's own units, on the way out.
/// </summary>
/// <remarks>N examples, D features, K classes, T tokens, d width. Numbers are in the model's precision, ids are int64.</remarks>
public interface IOnnxNetwork
{
    /// <summary>What the network gives.</summary>
    /// <param name="graph">Receives the operators.</param>
    /// <param name="parameters">The weights, in the order of the model's shape.</param>
    /// <param name="inputs">Of rows [N, D], standardised where training did so; of texts [N, T] tokens; of words [N] words.</param>
    /// <returns>Of rows and texts the same as <see cref="Networks.INetwork.Outputs"/>: [N, 1], [N, K] or [N, T, K]. Of words their vectors, [N, d].</returns>
    OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs);

    /// <summary>Whether the outputs of rows are [N, 1], the log-odds of the second of two classes. Default: they are [N, K].</summary>
    bool GivesLogOdds => false;

    /// <summary>[N, K] each class's probability. Default: the softmax. Not asked for where <see cref="GivesLogOdds"/>, nor where outputs are no probabilities.</summary>
    OnnxValue Probabilities(OnnxGraph graph, OnnxValue outputs) => graph.Softmax(outputs);

    /// <summary>[N, 1] the number that is predicted, in the units that the model is trained in. Default: the outputs.</summary>
    OnnxValue Numbers(OnnxGraph graph, OnnxValue outputs) => outputs;
}
