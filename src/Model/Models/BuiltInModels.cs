namespace Granary.BuiltIn;

/// <summary>The registration of the built-in kinds of models: one line for each, in the order in which messages and the reference name them.</summary>
/// <remarks>
/// This file is compiled twice. In Granary.Jobs, which the command line has and which knows no torch, a line registers the kind's description
/// (MlpKind.Description.cs); in Granary.Model it registers the maker of its networks (MlpKind.Network.cs). Both are classes of one name, so that a kind
/// without one of its halves does not compile.
/// </remarks>
internal static partial class BuiltInModels
{
    private static void Register()
    {
        AddModelKind<LogisticKind>();
        AddModelKind<SoftmaxKind>();
        AddModelKind<LinearKind>();
        AddModelKind<MlpKind>();
        AddModelKind<CnnKind>();
        AddModelKind<TransformerKind>();
        AddModelKind<SkipGramKind>();
    }
}
