using Granary.Model.Data;
using Granary.Model.Onnx;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>A network of one output, from which a number is predicted.</summary>
/// <param name="loss">What an error costs.</param>
/// <remarks>B batch.</remarks>
internal abstract class Regression(NumberLoss loss) : INetwork
{
    /// <inheritdoc/>
    public abstract Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null);

    /// <inheritdoc/>
    public Tensor LossSum(Tensor outputs, Tensor targets) => Losses(outputs, targets).sum();

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, Tensor targets) => loss.Each(outputs.squeeze(1), targets.to(outputs.dtype)); // [B] [B] -> [B]

    // No number is right or wrong.

    /// <inheritdoc/>
    public Tensor Correct(Tensor outputs, Tensor targets) => zeros([], ScalarType.Int64);

    /// <inheritdoc/>
    public Tensor? Numbers(Tensor outputs) => loss.Predicted(outputs.squeeze(1));

    /// <summary>[N, 1] -> [N, 1] <see cref="Numbers"/> in ONNX.</summary>
    protected OnnxValue Predicted(OnnxGraph graph, OnnxValue outputs) => loss.IsOfLogarithms ? graph.Add("Exp", [outputs]) : outputs;
}
