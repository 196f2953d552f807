using Granary.Jobs;

namespace Granary.BuiltIn;

/// <summary>Shapes of well-known models. GPT-2's are those of Radford and others, 2019; GPT-3's that of Brown and others,
/// 2020, its unembedding counted as a matrix of its own.</summary>
internal static class GptPresets
{
    private static InputShape Ends => new(0, 50_257); // the vocabulary

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelPreset> All { get; } =
    [
        new("gpt-2", Gpt(layers: 12, width: 768, heads: 12, context: 1024, tied: true), Ends),
        new("gpt-2-medium", Gpt(layers: 24, width: 1024, heads: 16, context: 1024, tied: true), Ends),
        new("gpt-2-large", Gpt(layers: 36, width: 1280, heads: 20, context: 1024, tied: true), Ends),
        new("gpt-2-xl", Gpt(layers: 48, width: 1600, heads: 25, context: 1024, tied: true), Ends),
        new("gpt-3", Gpt(layers: 96, width: 12_288, heads: 96, context: 2048, tied: false), Ends),
    ];

    private static ModelSection Gpt(int layers, int width, int heads, int context, bool tied) => new()
    {
        Kind = "transformer",
        Layers = layers,
        Width = width,
        Heads = heads,
        Context = context,
        Activation = Activation.Gelu,
        TiedUnembedding = tied,
    };
}
