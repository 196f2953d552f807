using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>Makes linear regressions.</summary>
internal sealed class LinearKind : INetworkMaker
{
    /// <inheritdoc/>
    public string Kind => "linear";

    /// <inheritdoc/>
    public bool IsLinear => true;

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input) => new LinearRegression(NumberLoss.Of(model));
}
