namespace Granary.Jobs;

/// <summary>A skip-gram's two matrices (Mikolov and others, 2013): a word's vector as a centre, uniform on +-1/(2d), and as a
/// context, zero. Small beside what is learned, so that words that never met stay near dot product 0.</summary>
/// <remarks>V vocabulary, d width.</remarks>
internal static class SkipGramShape
{
    public static IReadOnlyList<ParameterShape> Of(ModelSection model, int vocabulary) =>
    [
        new("embedding.weight", [vocabulary, model.Width], Initialisation.Uniform, 0.5 / model.Width, Decays: true) { Axes = [Axis.Token, Axis.Unnamed] },
        new("context.weight", [vocabulary, model.Width], Initialisation.Zero, 0, Decays: true) { Axes = [Axis.Token, Axis.Unnamed] },
    ];
}
