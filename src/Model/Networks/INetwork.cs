using Granary.Model.Data;
using Granary.Model.Onnx;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>A network as a pure function of its parameters and inputs: it owns no state of its own, so that several
/// compute threads can evaluate it at once on the same flat weights.</summary>
public interface INetwork
{
    /// <summary>Raw outputs: [B, 1] log-odds (logistic) or what a number is predicted from, [B, K] logits or outputs, [B, T, K] logits (transformer).</summary>
    /// <param name="parameters">In the order of the model's shape.</param>
    /// <param name="inputs">[B, features] or [B, T].</param>
    /// <param name="place">Where a training pass stands; null outside training, where nothing is dropped out.</param>
    /// <param name="cuts">Told where the backward pass can pause; null: it need not. A network may leave it alone.</param>
    Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null);

    /// <summary>Sum over the batch of the per-example loss (transformer: of the mean over the example's tokens); a scalar.</summary>
    Tensor LossSum(Tensor outputs, Tensor targets);

    /// <summary>[B] each example's loss: what <see cref="LossSum"/> adds up. Asked for only where examples are weighted.</summary>
    Tensor Losses(Tensor outputs, Tensor targets);

    /// <summary>Number of right predictions; a scalar, int64.</summary>
    Tensor Correct(Tensor outputs, Tensor targets);

    /// <summary>[B] 1 where an example's prediction is right, else 0, int64: what <see cref="Correct"/> adds up. Asked for only where rows are weighted. Default: one
    /// example after the other.</summary>
    Tensor Right(Tensor outputs, Tensor targets) =>
        stack([.. Enumerable.Range(0, (int)targets.shape[0]).Select(i => Correct(outputs.narrow(0, i, 1), targets.narrow(0, i, 1)))]);

    /// <summary>[B] the number that is predicted for each example, in the units of the targets; null (default): it tells classes apart.</summary>
    Tensor? Numbers(Tensor outputs) => null;

    /// <summary>Whether each output is the log-odds of a label that a row has or has not: then targets are [B, K], 1 or 0, of the inputs' type. Default: no.</summary>
    bool GivesLabels => false;

    /// <summary>Whether <see cref="Probabilities"/> gives each class's probability. Default: no, the loss says what to make of the outputs.</summary>
    bool GivesProbabilities => false;

    /// <summary>[B, K] the probability of each class, for networks that give it; else the outputs as they are.</summary>
    Tensor Probabilities(Tensor outputs) => outputs;

    /// <summary>How it is written as an ONNX graph; null: it cannot be exported. Default: the network itself, where it is an <see cref="IOnnxNetwork"/>.</summary>
    IOnnxNetwork? Onnx => this as IOnnxNetwork;

    /// <summary>Leaves for autograd that share the weights' memory, one set for each compute thread. The caller disposes them.</summary>
    Tensor[] Leaves(FlatTensor weights) => weights.Leaves();
}
