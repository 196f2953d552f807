namespace Granary.Jobs;

/// <summary>Well-known models by name: those that the kinds' descriptions have.</summary>
public static class ModelPresets
{
    private static IEnumerable<ModelPreset> All => ModelKinds.BuiltIn.SelectMany(d => d.Presets);

    /// <summary>Every preset's name.</summary>
    public static IEnumerable<string> Names => All.Select(p => p.Name);

    /// <summary>A preset by name.</summary>
    /// <exception cref="JobException">There is none of that name; the message names those there are.</exception>
    public static (ModelSection Model, InputShape Input) Of(string name) => All.FirstOrDefault(p => p.Name == name) is { } preset
        ? (preset.Model, preset.Input)
        : throw new JobException($"--preset {name}: there is no such preset; it must be one of {string.Join(", ", Names)}."
            + (Nearest.To(name, Names) is { } near ? $" Did you mean {near}?" : ""));
}
