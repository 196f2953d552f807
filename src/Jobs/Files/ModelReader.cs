namespace Granary.Jobs;

/// <summary>Reads the <c>model</c> section.</summary>
internal static class ModelReader
{
    public static ModelSection Read(YamlMap map, string folder, string currentDirectory, bool anyKind)
    {
        map.Expect(
            "kind", "options", "hidden", "activation", "loss", "precision", "init", "layers", "width", "heads", "keyWidth", "context", "layerNorm", "biases",
            "tiedUnembedding", "dropout", "window", "negatives");
        var defaults = new ModelSection { Kind = ModelKind.Logistic };
        var (kind, own) = Kind(map, anyKind);
        var model = new ModelSection
        {
            Kind = kind,
            OwnKind = own,
            Options = Options(map.Map("options")),
            Hidden = map.Widths("hidden"),
            Activation = map.Enum<Activation>("activation", defaults.Activation),
            Loss = map.Enum<Loss>("loss", defaults.Loss),
            Precision = map.Enum<Precision>("precision", defaults.Precision),
            Init = ModelPath.Read(map, "init", folder, currentDirectory),
            Layers = map.Int("layers", defaults.Layers, min: 1, max: 10_000),
            Width = map.Int("width", defaults.Width, min: 1, max: 1 << 20),
            Heads = map.Int("heads", defaults.Heads, min: 1, max: 1 << 20),
            KeyWidth = map.Has("keyWidth") ? map.Int("keyWidth", min: 1, max: 1 << 20) : null,
            Context = map.Int("context", defaults.Context, min: 1, max: 1 << 20),
            LayerNorm = map.Bool("layerNorm", defaults.LayerNorm),
            Biases = map.Bool("biases", defaults.Biases),
            TiedUnembedding = map.Bool("tiedUnembedding", defaults.TiedUnembedding),
            Dropout = map.Number("dropout", defaults.Dropout, d => d is >= 0 and < 1, "must be at least 0 and below 1"),
            Window = map.Int("window", defaults.Window, min: 1, max: 1 << 20),
            Negatives = map.Int("negatives", defaults.Negatives, min: 0, max: 1 << 16),
        };
        return model;
    }

    private static (ModelKind Kind, string? Own) Kind(YamlMap map, bool anyKind)
    {
        var text = map.Text("kind", required: true)!;
        return OwnKinds.BuiltIn.TryGetValue(text, out var kind) ? (kind, null)
            : OwnKinds.Names.Contains(text) || (anyKind && OwnKinds.IsName(text)) ? (ModelKind.Own, text)
            : throw map.NoChoice("kind", text, [.. OwnKinds.BuiltIn.Keys, .. OwnKinds.Names]);
    }

    private static Dictionary<string, string> Options(YamlMap map) =>
        map.Keys.Where(map.Has).ToDictionary(key => key, key => IsOption(key)
            ? map.Text(key)!
            : throw map.Error(key, $"model.options has '{key}', but an option's name is letters, digits, '-' and '_', a letter first."));

    private static bool IsOption(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
