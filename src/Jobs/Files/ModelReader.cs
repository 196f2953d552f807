namespace Granary.Jobs;

/// <summary>Reads the <c>model</c> section.</summary>
internal static class ModelReader
{
    public static ModelSection Read(YamlMap map, string folder, string currentDirectory)
    {
        map.Expect("kind", "hidden", "activation", "loss", "precision", "init", "layers", "width", "heads", "context");
        var defaults = new ModelSection { Kind = ModelKind.Logistic };
        var model = new ModelSection
        {
            Kind = map.Enum<ModelKind>("kind", null),
            Hidden = map.Widths("hidden"),
            Activation = map.Enum<Activation>("activation", defaults.Activation),
            Loss = map.Enum<Loss>("loss", defaults.Loss),
            Precision = map.Enum<Precision>("precision", defaults.Precision),
            Init = FilePath.Read(map, "init", folder, currentDirectory),
            Layers = map.Int("layers", defaults.Layers, min: 1, max: 10_000),
            Width = map.Int("width", defaults.Width, min: 1, max: 1 << 20),
            Heads = map.Int("heads", defaults.Heads, min: 1),
            Context = map.Int("context", defaults.Context, min: 1, max: 1 << 20),
        };
        return model;
    }
}
