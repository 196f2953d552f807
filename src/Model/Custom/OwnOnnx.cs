using Granary.Jobs;
using Granary.Model.Onnx;

namespace Granary.Model.Custom;

/// <summary>A module as ONNX between the ends that it has in training: one of images gets [N, C, H, W], as its <c>forward</c> does, and log-odds of labels become probabilities.</summary>
/// <param name="module">The module.</param>
/// <param name="image">What its images are like; null: it gets rows.</param>
/// <param name="input">What the data says about its ends.</param>
internal sealed class OwnOnnx(IOnnxNetwork module, ImageSize? image, InputShape input) : IOnnxNetwork
{
    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) => module.Outputs(
        graph, parameters, image is null ? inputs : graph.Add("Reshape", [inputs, graph.Integers(-1, image.Channels, image.Height, image.Width)])); // [N, D] -> [N, C, H, W]

    /// <inheritdoc/>
    public bool GivesLogOdds => module.GivesLogOdds;

    /// <inheritdoc/>
    public OnnxValue Probabilities(OnnxGraph graph, OnnxValue outputs) => input.IsMultiLabel ? graph.Add("Sigmoid", [outputs]) : module.Probabilities(graph, outputs);

    /// <inheritdoc/>
    public OnnxValue Numbers(OnnxGraph graph, OnnxValue outputs) => module.Numbers(graph, outputs);
}
