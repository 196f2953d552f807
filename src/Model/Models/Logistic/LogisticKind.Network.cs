using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>Makes logistic regressions.</summary>
internal sealed class LogisticKind : INetworkMaker
{
    /// <inheritdoc/>
    public string Kind => "logistic";

    /// <inheritdoc/>
    public bool IsLinear => true;

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input) => input.IsMultiLabel
        ? new LabelNetwork(new SoftmaxRegression(), input.Classes) // the same linear map
        : new LogisticRegression();
}
