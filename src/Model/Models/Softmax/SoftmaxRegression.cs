using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>P(y = k | x) = softmax(W x + b)_k; the loss is the negative log-likelihood, whose gradient is (p - onehot) x.</summary>
/// <remarks>B batch, D features, K classes.</remarks>
internal sealed partial class SoftmaxRegression : INetwork
{
    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null) =>
        nn.functional.linear(inputs, parameters[0], parameters[1]); // [B, D] [K, D] [K] -> [B, K]

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets) =>
        nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.Sum); // [B, K] [B] -> scalar

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) =>
        nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None); // [B, K] [B] -> [B]

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => Right(outputs, targets).sum();

    /// <inheritdoc/>
    public Tensor Right(Tensor outputs, Tensor targets) => outputs.argmax(1).eq(targets).to(ScalarType.Int64);
}
