namespace Granary.Jobs;

/// <summary>Shapes of well-known models. GPT-2's are those of Radford and others, 2019; GPT-3's that of Brown and others,
/// 2020, its unembedding counted as a matrix of its own.</summary>
public static class ModelPresets
{
    private const int Vocabulary = 50_257;

    private static readonly (string Name, ModelSection Model)[] All =
    [
        ("gpt-2", Gpt(layers: 12, width: 768, heads: 12, context: 1024, tied: true)),
        ("gpt-2-medium", Gpt(layers: 24, width: 1024, heads: 16, context: 1024, tied: true)),
        ("gpt-2-large", Gpt(layers: 36, width: 1280, heads: 20, context: 1024, tied: true)),
        ("gpt-2-xl", Gpt(layers: 48, width: 1600, heads: 25, context: 1024, tied: true)),
        ("gpt-3", Gpt(layers: 96, width: 12_288, heads: 96, context: 2048, tied: false)),
    ];

    /// <summary>Every preset's name.</summary>
    public static IEnumerable<string> Names => All.Select(p => p.Name);

    /// <summary>A preset by name.</summary>
    /// <exception cref="JobException">There is none of that name; the message names those there are.</exception>
    public static (ModelSection Model, InputShape Input) Of(string name) => All.FirstOrDefault(p => p.Name == name).Model is { } model
        ? (model, new InputShape(0, Vocabulary))
        : throw new JobException($"--preset {name}: there is no such preset; it must be one of {string.Join(", ", Names)}."
            + (Nearest.To(name, Names) is { } near ? $" Did you mean {near}?" : ""));

    private static ModelSection Gpt(int layers, int width, int heads, int context, bool tied) => new()
    {
        Kind = ModelKind.Transformer,
        Layers = layers,
        Width = width,
        Heads = heads,
        Context = context,
        Activation = Activation.Gelu,
        TiedUnembedding = tied,
    };
}
