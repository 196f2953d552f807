using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>Makes transformers.</summary>
internal sealed class TransformerKind : INetworkMaker
{
    /// <inheritdoc/>
    public string Kind => "transformer";

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input) => new Transformer(model);
}
