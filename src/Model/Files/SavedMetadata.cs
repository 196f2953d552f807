using System.Globalization;
using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Model.Files;

/// <summary>What a saved model says of itself beside its tensors, checked to fit together.</summary>
/// <param name="Model">The model section of its job.</param>
/// <param name="Data">The data section of its job.</param>
/// <param name="Facts">Column names, label names or vocabulary, standardisation and the model's ends; no rows.</param>
/// <param name="Vocabulary">Byte pairs whose vocabulary came in files: these files; null otherwise.</param>
internal sealed record SavedMetadata(ModelSection Model, DataSection Data, DataFacts Facts, TokenFiles? Vocabulary)
{
    private const string Version = "granary.version";

    /// <summary>Null where the file is none that Granary saved, such as a state dict of PyTorch.</summary>
    /// <exception cref="JobException">It is one, but its metadata cannot be used.</exception>
    public static SavedMetadata? TryRead(SafetensorsFile file) => file.Metadata.ContainsKey(Version) ? Read(file) : null;

    /// <exception cref="JobException">It is no model that Granary saved, or its metadata cannot be used.</exception>
    public static SavedMetadata Read(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(Version, out var version))
        {
            throw Error(file, "it is a safetensors file, but no model that Granary saved (its metadata has no granary.version)");
        }

        if (version != "1")
        {
            throw Error(file, $"it was saved as version '{version}', but this Granary reads version 1");
        }

        var model = Section<ModelSection>(file, "model");
        var data = Section<DataSection>(file, "data");
        var facts = new DataFacts(Section<InputShape>(file, "shape"), Section<string[]>(file, "classes"), [], [], Optional<Scaling>(file, "scaling"))
        {
            Columns = Section<string[]>(file, "columns"),
            Fill = Optional<double[]>(file, "fill"),
            TargetScaling = file.Metadata.ContainsKey("granary.target") ? Optional<TargetScaling>(file, "target") : null, // models of classes have none
            Threshold = Threshold(file),
            Table = file.Metadata.ContainsKey("granary.table") ? Section<TableEncoding>(file, "table") : null, // only models of described columns have one
            PixelType = file.Metadata.GetValueOrDefault("granary.pixels"), // models of earlier builds do not say it
        };
        return Named(file, () => SavedModelRules.Broken(model, data, facts, file.Tensors.Count)) is { } broken
            ? throw Error(file, $"its metadata does not fit together: {broken}")
            : new SavedMetadata(model, data, facts, Files(file, data));
    }

    /// <summary>What to say where a file cannot be used as a model.</summary>
    public static JobException Error(SafetensorsFile file, string what) =>
        new($"{file.Name}: this model cannot be used: {what}. Take a copy that is whole, or train again.");

    /// <summary>What a rule finds; its errors begin with the file's name.</summary>
    public static T Named<T>(SafetensorsFile file, Func<T> rule)
    {
        try
        {
            return rule();
        }
        catch (JobException e)
        {
            throw new JobException($"{file.Name}: {e.Message}");
        }
    }

    private static TokenFiles? Files(SafetensorsFile file, DataSection data)
    {
        if (data.Tokens != TokenKind.Bpe || data.Encoding is not null)
        {
            return null;
        }

        return file.Metadata.TryGetValue("granary.vocab", out var vocab) && file.Metadata.TryGetValue("granary.merges", out var merges)
            ? new TokenFiles(vocab, merges, $"{file.Name}: granary.vocab", $"{file.Name}: granary.merges")
            : throw Error(file, "its metadata has no granary.vocab or no granary.merges, which a vocabulary of byte pairs needs");
    }

    // Most models have none.
    private static double? Threshold(SafetensorsFile file) => !file.Metadata.TryGetValue("granary.threshold", out var text) ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var threshold) && threshold is >= 0 and <= 1 ? threshold
        : throw Error(file, $"its metadata granary.threshold is '{text}', which is no probability");

    private static T Section<T>(SafetensorsFile file, string key)
        where T : class => Optional<T>(file, key) ?? throw Error(file, $"its metadata has nothing for granary.{key}");

    private static T? Optional<T>(SafetensorsFile file, string key)
        where T : class
    {
        if (!file.Metadata.TryGetValue($"granary.{key}", out var text))
        {
            throw Error(file, $"its metadata has no granary.{key}");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(text, SavedModelJson.Options);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or NotSupportedException or InvalidOperationException)
        {
            throw Error(file, $"its metadata granary.{key} cannot be read ({e.Message})");
        }
    }
}
