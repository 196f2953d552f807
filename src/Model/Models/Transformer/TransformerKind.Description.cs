using System.Globalization;
using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>A GPT. Its parameters: see <see cref="TransformerShape"/>.</summary>
/// <remarks>K vocabulary, T context, C width, L layers, H heads, D numbers of a head's key.</remarks>
internal sealed class TransformerKind : ModelDescription
{
    private const int MostNumbers = 1 << 20;

    /// <inheritdoc/>
    public override string Kind => "transformer";

    /// <inheritdoc/>
    public override ExampleKind Examples => ExampleKind.Windows;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys =>
        ["activation", "layers", "width", "heads", "keyWidth", "context", "layerNorm", "biases", "tiedUnembedding", "dropout"];

    /// <inheritdoc/>
    public override string BesidesMatrices => "With positions, biases and norms";

    /// <inheritdoc/>
    public override IReadOnlyList<ModelPreset> Presets => GptPresets.All;

    /// <inheritdoc/>
    public override IReadOnlyList<ParameterShape> Shape(ModelSection model, InputShape input) => TransformerShape.Of(model, input.Classes);

    // Head by head, as one writes the formulas: the flat vector keeps the heads of a layer in one matrix. A head's value-up
    // map is a part of the layer's output matrix, which is counted once per layer.

    /// <inheritdoc/>
    public override IReadOnlyList<MatrixGroup> Matrices(ModelSection model, InputShape input)
    {
        var (c, key, middle) = (model.Width, model.HeadWidth(), TransformerShape.Expansion * model.Width);
        var heads = (long)model.Layers * model.Heads;
        return
        [
            new("embedding", 1, input.Classes, c),
            new("key", heads, key, c),
            new("query", heads, key, c),
            new("value-down", heads, key, c),
            new("value-up/output", model.Layers, c, key * model.Heads),
            new("up-projection", model.Layers, middle, c),
            new("down-projection", model.Layers, c, middle),
            new("unembedding", model.TiedUnembedding ? 0 : 1, input.Classes, c),
        ];
    }

    // Looking rows up in the embedding is no product; a tied unembedding is one all the same. A head compares every token with every
    // other and mixes their values: T x T products of d_key numbers, twice (Chowdhery and others, 2022, appendix B).

    /// <inheritdoc/>
    public override double? FlopsPerExample(ModelSection model, InputShape input)
    {
        var (tokens, mixed) = ((double)model.Context, (double)model.Heads * model.HeadWidth());
        var products = Matrices(model, input).Where(m => m.Name is not ("embedding" or "unembedding")).Sum(m => (double)m.Weights)
            + ((double)input.Classes * model.Width);
        return tokens * ((ModelWork.WithInputs * products) + (2 * ModelWork.WithInputs * model.Layers * tokens * mixed));
    }

    /// <inheritdoc/>
    public override long OutputsPerExample(ModelSection model, InputShape input) => (long)model.Context * input.Classes; // [T, K]

    /// <inheritdoc/>
    public override ModelSection Smaller(ModelSection model) => model with { Layers = 1, Width = 8, Heads = 1, KeyWidth = null, Init = null };

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(ModelSection model) =>
        model.KeyWidth is null && model.Width % model.Heads != 0
            ? ("heads", $"model.width is {model.Width}, which {model.Heads} heads do not divide: "
                + "every head needs an equal part of the width. Choose another number, or set model.keyWidth.")
        : 3L * model.Heads * model.HeadWidth() > int.MaxValue
            ? ("keyWidth", $"{model.Heads} heads of {model.HeadWidth()} numbers each are more than a matrix can hold. "
                + "Set a smaller model.keyWidth, or fewer model.heads.")
        : null;

    /// <inheritdoc/>
    public override string? Forged(ModelSection model, int tensors) =>
        model.Layers >= tensors ? $"{Plural.Of(model.Layers, "layer")} and {Plural.Of(model.Hidden.Count, "hidden layer")} are no model of {Plural.Of(tensors, "tensor")}"
        : model.KeyWidth is < 1 or > MostNumbers || (model.KeyWidth is null && model.Width % model.Heads != 0)
            || 3L * model.Heads * model.HeadWidth() > int.MaxValue
            ? $"width {model.Width}, heads {model.Heads} and key width {model.HeadWidth()} are no transformer"
        : model.Dropout is >= 0 and < 1 ? null
        : string.Create(CultureInfo.InvariantCulture, $"a dropout of {model.Dropout} is not in [0, 1)");
}
