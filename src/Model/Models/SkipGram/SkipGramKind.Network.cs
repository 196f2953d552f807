using Granary.Jobs;
using Granary.Model.Networks;

namespace Granary.BuiltIn;

/// <summary>Makes skip-grams.</summary>
internal sealed class SkipGramKind : INetworkMaker
{
    /// <inheritdoc/>
    public string Kind => "skip-gram";

    /// <inheritdoc/>
    public INetwork Network(ModelSection model, InputShape input) => new SkipGram(model.Negatives);
}
