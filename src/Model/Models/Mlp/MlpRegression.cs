using Granary.Jobs;
using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>The same layers as those of <see cref="Mlp"/>, the last of which gives one number, without an activation.</summary>
/// <remarks>B batch, D features.</remarks>
internal sealed partial class MlpRegression(Activation activation, NumberLoss loss, EmbeddedInputs? embedded = null) : Regression(loss)
{
    private readonly Mlp _layers = new(activation, Loss.CrossEntropy, classes: 1, embedded);

    /// <inheritdoc/>
    public override Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null) =>
        _layers.Outputs(parameters, inputs, place, cuts); // [B, D] -> [B, 1]
}
