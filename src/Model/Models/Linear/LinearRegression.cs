using Granary.Model.Data;
using static TorchSharp.torch;

namespace Granary.Model.Networks;

/// <summary>y^ = w x + b; with the squared error the gradient is 2 (y^ - y) x.</summary>
/// <remarks>B batch, D features.</remarks>
internal sealed partial class LinearRegression(NumberLoss loss) : Regression(loss)
{
    /// <inheritdoc/>
    public override Tensor Outputs(IReadOnlyList<Tensor> parameters, Tensor inputs, PassPlace? place = null, BackwardCuts? cuts = null) =>
        nn.functional.linear(inputs, parameters[0], parameters[1]); // [B, D] [1, D] [1] -> [B, 1]
}
