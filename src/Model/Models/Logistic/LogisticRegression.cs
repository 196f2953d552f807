using Granary.Model.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>P(y = 1 | x) = sigma(w x + b); the loss is binary cross-entropy, whose gradient is x (y^ - y).</summary>
/// <remarks>B batch, D features.</remarks>
internal sealed partial class LogisticRegression : INetwork
{
    // See HeldScalars.
    private static readonly Scalar Zero = 0;
    private static readonly Scalar Even = 0; // log-odds of one half

    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null) =>
        nn.functional.linear(inputs, parameters[0], parameters[1]); // [B, D] [1, D] [1] -> [B, 1]

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets) => nn.functional.binary_cross_entropy_with_logits(
        outputs.squeeze(1), targets.to(outputs.dtype), reduction: nn.Reduction.Sum); // [B] [B] -> scalar

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => nn.functional.binary_cross_entropy_with_logits(
        outputs.squeeze(1), targets.to(outputs.dtype), reduction: nn.Reduction.None); // [B] [B] -> [B]

    // P(y = 1 | x) >= 0.5 where the log-odds are not negative.

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) =>
        outputs.squeeze(1).ge(Zero).to(ScalarType.Int64).eq(targets).sum();

    /// <inheritdoc/>
    public Tensor Right(Tensor outputs, Tensor targets) =>
        outputs.squeeze(1).ge(Even).to(ScalarType.Int64).eq(targets).to(ScalarType.Int64);
}
