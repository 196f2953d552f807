using Granary.Jobs;
using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>a' = sigma(W a + b), layer after layer. With cross-entropy the last layer gives logits; with squared error
/// sigma comes after the last layer too and the loss is sum_k (a_k - y_k)^2 against the one-hot label.</summary>
/// <remarks>B batch, D features, J features with vectors in their places, H width of a layer, K classes.</remarks>
internal sealed partial class Mlp(Activation activation, Loss loss, int classes, EmbeddedInputs? embedded = null) : INetwork
{
    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null)
    {
        var first = embedded?.Tables ?? 0;
        var a = embedded?.Join(parameters, inputs) ?? inputs; // [B, D] -> [B, J]
        for (var i = first; i < parameters.Count; i += 2)
        {
            a = i > first && cuts is not null ? cuts.Here(a, i) : a;
            var z = nn.functional.linear(a, parameters[i], parameters[i + 1]); // [B, H]
            var last = i + 2 == parameters.Count;
            a = last && loss == Loss.CrossEntropy ? z : activation.Apply(z);
        }

        return a; // [B, K]
    }

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets) => loss == Loss.CrossEntropy
        ? nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.Sum)
        : SquaredErrors(outputs, targets).sum();

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => loss == Loss.CrossEntropy
        ? nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None) // [B, K] [B] -> [B]
        : SquaredErrors(outputs, targets).sum(1);

    // Not square(): see HeldScalars.
    private Tensor SquaredErrors(Tensor outputs, Tensor targets)
    {
        var error = outputs - nn.functional.one_hot(targets, classes).to(outputs.dtype); // [B, K]
        return error * error;
    }

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => Right(outputs, targets).sum();

    /// <inheritdoc/>
    public Tensor Right(Tensor outputs, Tensor targets) => outputs.argmax(1).eq(targets).to(ScalarType.Int64);
}
