using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A path, which must lead somewhere.</summary>
/// <param name="words">To what, for the reference.</param>
/// <param name="read">The absolute path.</param>
internal sealed class NamedFile(string words, Func<KeyReading, string?> read) : IKeyType<string?>
{
    /// <summary>Of one file.</summary>
    public static NamedFile One { get; } = new("path", at => FilePath.Read(at.Map, at.Key, at.Place));

    /// <summary>Of a saved model: its file, or the folder of the run that wrote it.</summary>
    public static NamedFile SavedModel { get; } = new(
        "path: a safetensors file or a run's folder", at => ModelPath.Read(at.Map, at.Key, at.Place));

    /// <summary>Of a source of examples. Images and labels are told apart by the files' names: of idx, a source is one file.</summary>
    public static NamedFile Source { get; } = new("path: a file, a folder or a glob (`*`, `**`, `?`); idx: a file", at => FormatKinds.Of(at.SoFar.Data.Format).IsOneFile
        ? FilePath.Read(at.Map, at.Key, at.Place)
        : FilePath.ReadSource(at.Map, at.Key, at.Place, isTable: FormatKinds.Of(at.SoFar.Data.Format).HasColumns == true));

    /// <inheritdoc/>
    public string Words => words;

    /// <inheritdoc/>
    public JsonObject Schema()
    {
        var schema = FreeText.Any();
        schema["minLength"] = 1;
        return schema;
    }

    /// <inheritdoc/>
    public string? Read(KeyReading at) => read(at);

    /// <inheritdoc/>
    public YamlNode? Write(string? value) => value is null ? null : YamlNodes.Text(value);
}
