using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>
/// Words by the company they keep (Mikolov and others, 2013): a one-hot centre picks its row e of E, and e C^T scores every
/// word as its context. The loss is -log softmax(e C^T)_context; or, with N words drawn against each context,
/// -log sigma(e c_context) - sum_n log sigma(-e c_n), which no longer costs a sum over the vocabulary.
/// </summary>
/// <remarks>B batch, V vocabulary, d width, N negatives. Inputs as in <see cref="PairTensors"/>.</remarks>
internal sealed partial class SkipGram(int negatives) : INetwork
{
    /// <inheritdoc/>
    public Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null)
    {
        var (embedding, context) = (parameters[0], parameters[1]); // [V, d] [V, d]
        if (negatives == 0)
        {
            return nn.functional.linear(embedding.index_select(0, inputs), context); // [B, d] -> [B, V]
        }

        var (b, candidates) = (inputs.shape[0], inputs.shape[1] - 1);
        var centres = embedding.index_select(0, inputs.select(1, 0)).unsqueeze(2); // [B, d, 1]
        var words = inputs.narrow(1, 1, candidates).reshape(b * candidates); // [B (1 + N)]
        return context.index_select(0, words).view(b, candidates, -1).bmm(centres).squeeze(2); // [B, 1 + N]
    }

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets) => negatives == 0
        ? nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.Sum)
        : nn.functional.binary_cross_entropy_with_logits(
            outputs, nn.functional.one_hot(targets, negatives + 1).to(outputs.dtype), reduction: nn.Reduction.Sum);

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => negatives == 0
        ? nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.None) // [B, V] [B] -> [B]
        : nn.functional.binary_cross_entropy_with_logits(
            outputs, nn.functional.one_hot(targets, negatives + 1).to(outputs.dtype), reduction: nn.Reduction.None).sum(1); // [B, 1 + N] -> [B]

    // With negatives: the context's score, which comes first, is above all of theirs.

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => negatives == 0
        ? outputs.argmax(1).eq(targets).sum()
        : outputs.select(1, 0).gt(outputs.narrow(1, 1, negatives).amax([1])).sum();
}
