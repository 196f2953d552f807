using Granary.Jobs;
using Granary.Model.Files;
using Granary.Model.Networks;

namespace Granary.Model.Onnx;

/// <summary>The way out of a network of rows: label and probabilities, several labels' probabilities, or the number, as predict gives them.</summary>
/// <remarks>N examples, K classes.</remarks>
internal static class RowOutputs
{
    public static void Add(OnnxGraph graph, TrainedModel model, INetwork network, IOnnxNetwork onnx, OnnxValue outputs)
    {
        if (model.Facts.Shape.IsNumber)
        {
            graph.Output(OnnxNames.Prediction, Number(graph, model, onnx.Numbers(graph, outputs)), graph.Numbers, "The number that is predicted, in the target's own units.", "N", 1);
            return;
        }

        if (model.Facts.Shape.IsMultiLabel)
        {
            graph.Output(
                OnnxNames.Probabilities, onnx.Probabilities(graph, outputs), graph.Numbers, "Each label's probability, in the order of granary.classes.", "N", model.Facts.Classes.Count); // [N, K]
            return;
        }

        var isProbability = model.Model.Loss == Loss.CrossEntropy;
        var values = !isProbability ? outputs : onnx.GivesLogOdds ? OfLogOdds(graph, outputs) : onnx.Probabilities(graph, outputs); // [N, K]
        var best = model.Facts.Threshold is { } threshold ? IsFrom(graph, values, threshold)
            : onnx.GivesLogOdds ? IsNotNegative(graph, outputs) // as predict: the second class where the odds are even
            : graph.Add("ArgMax", [network.GivesProbabilities ? values : outputs], ("axis", 1), ("keepdims", 0)); // [N]
        graph.Output(OnnxNames.Label, graph.Add("Gather", [graph.Texts(model.Facts.Classes), best]), OnnxType.Text, "The class, as the training data spells it.", "N");
        graph.Output(
            isProbability ? OnnxNames.Probabilities : OnnxNames.Outputs,
            values,
            graph.Numbers,
            $"{(isProbability ? "Each class's probability" : "The network's output for each class")}, in the order of granary.classes.",
            "N",
            model.Facts.Classes.Count);
    }

    // Mean + Deviation z, in float64.
    private static OnnxValue Number(OnnxGraph graph, TrainedModel model, OnnxValue z)
    {
        if (model.Facts.TargetScaling is not { } scaling)
        {
            return z;
        }

        var spread = graph.Add("Mul", [graph.Cast(z, OnnxType.Float64), graph.Doubles([scaling.Deviation])]);
        return graph.ToPrecision(graph.Add("Add", [spread, graph.Doubles([scaling.Mean])]));
    }

    // sigma(-z), sigma(z): the smaller of them keeps its digits.
    private static OnnxValue OfLogOdds(OnnxGraph graph, OnnxValue z) =>
        graph.Add("Sigmoid", [graph.Add("Concat", [graph.Add("Neg", [z]), z], ("axis", 1))]); // [N, 1] -> [N, 2]

    // The model's own threshold on the probability of the second class, compared in float64 as predict does. [N, 2] -> [N]
    private static OnnxValue IsFrom(OnnxGraph graph, OnnxValue probabilities, double threshold)
    {
        var second = graph.Add("Reshape", [graph.Add("Gather", [probabilities, graph.Integers(1)], ("axis", 1)), graph.Integers(-1)]); // [N, 2] -> [N, 1] -> [N]
        return graph.Cast(graph.Add("GreaterOrEqual", [graph.Cast(second, OnnxType.Float64), graph.Doubles([threshold])]), OnnxType.Int64);
    }

    private static OnnxValue IsNotNegative(OnnxGraph graph, OnnxValue z) =>
        graph.Cast(graph.Add("GreaterOrEqual", [graph.Add("Reshape", [z, graph.Integers(-1)]), graph.Number(0)]), OnnxType.Int64); // [N, 1] -> [N]
}
