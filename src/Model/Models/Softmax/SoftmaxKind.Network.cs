using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>Makes softmax regressions.</summary>
internal sealed class SoftmaxKind : INetworkMaker
{
    /// <inheritdoc/>
    public string Kind => "softmax";

    /// <inheritdoc/>
    public bool IsLinear => true;

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input) => new SoftmaxRegression();
}
