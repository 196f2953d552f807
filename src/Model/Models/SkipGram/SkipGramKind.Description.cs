using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>A skip-gram (Mikolov and others, 2013): a word's vector as a centre, uniform on +-1/(2d), and as a context, zero. Small beside what is
/// learned, so that words that never met stay near dot product 0.</summary>
/// <remarks>V vocabulary, d width.</remarks>
internal sealed class SkipGramKind : ModelDescription
{
    private const int MostWindow = 1 << 20;
    private const int MostNegatives = 1 << 16;

    /// <inheritdoc/>
    public override string Kind => "skip-gram";

    /// <inheritdoc/>
    public override ExampleKind Examples => ExampleKind.Pairs;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => ["width", "window", "negatives"];

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) =>
    [
        new("embedding.weight", [input.Classes, model.Width], Initialisation.Uniform, 0.5 / model.Width, Decays: true) { Axes = [Axis.Token, Axis.Unnamed] }, // [V, d]
        new("context.weight", [input.Classes, model.Width], Initialisation.Zero, 0, Decays: true) { Axes = [Axis.Token, Axis.Unnamed] }, // [V, d]
    ];

    /// <inheritdoc/>
    public override double? FlopsPerExample(ModelSection model, InputShape input) =>
        (double)ModelWork.WithInputs * model.Width * (model.Negatives == 0 ? input.Classes : 1 + model.Negatives);

    // The context's place among the candidates, or the word that it is.

    /// <inheritdoc/>
    public override long Targets(ModelSection model, InputShape input) => model.Negatives > 0 ? model.Negatives + 1 : input.Classes;

    /// <inheritdoc/>
    public override ModelSection Smaller(ModelSection model) => model with { Width = 1, Init = null };

    /// <inheritdoc/>
    public override string? Forged(ModelSection model, int tensors) =>
        model.Window is < 1 or > MostWindow || model.Negatives is < 0 or > MostNegatives ? $"window {model.Window} and negatives {model.Negatives} are no skip-gram" : null;

    /// <inheritdoc/>
    public override string? NothingToEvaluate(ModelSection model) => model.Negatives == 0 ? null
        : "a skip-gram trained with negative sampling gives no probabilities of words: there is nothing to evaluate.";
}
