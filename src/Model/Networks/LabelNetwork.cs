using Granary.Model.Data;
using Granary.Model.Onnx;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>P(label k | x) = sigma(z_k), each label for itself; the loss of an example is the mean over its labels of the binary cross-entropy,
/// 1/K sum_k -(y_k ln sigma(z_k) + (1 - y_k) ln(1 - sigma(z_k))), whose derivative by z_k is (sigma(z_k) - y_k) / K.</summary>
/// <param name="body">Gives z.</param>
/// <param name="labels">K.</param>
/// <remarks>B batch, D features, K labels.</remarks>
internal sealed class LabelNetwork(INetwork body, int labels) : INetwork, IOnnxNetwork
{
    // See HeldScalars.
    private static readonly Scalar Zero = 0;
    private readonly Scalar _share = 1.0 / labels;

    /// <inheritdoc/>
    public bool GivesLabels => true;

    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null) =>
        body.Outputs(parameters, inputs, place, cuts); // [B, D] -> [B, K]

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets) => Losses(outputs, targets).sum();

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.binary_cross_entropy_with_logits(
        outputs, targets.to(outputs.dtype), reduction: nn.Reduction.None).sum(1).mul(_share); // [B, K] [B, K] -> [B]

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => Right(outputs, targets).sum();

    // Every label of the example; a label is said to be there where its log-odds are not negative.

    /// <inheritdoc/>
    public Tensor Right(Tensor outputs, Tensor targets) => outputs.ge(Zero).eq(targets.gt(Zero)).all(1).to(ScalarType.Int64);

    /// <inheritdoc/>
    public OnnxValue Outputs(OnnxGraph graph, IReadOnlyList<OnnxValue> parameters, OnnxValue inputs) => body.Onnx!.Outputs(graph, parameters, inputs); // [N, D] -> [N, K]

    /// <inheritdoc/>
    public OnnxValue Probabilities(OnnxGraph graph, OnnxValue outputs) => graph.Add("Sigmoid", [outputs]);
}
