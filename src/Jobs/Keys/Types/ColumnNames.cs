using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A list of different columns.</summary>
internal sealed class ColumnNames : IKeyType<IReadOnlyList<string>>
{
    /// <inheritdoc/>
    public string Words => "list of columns";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "array", ["items"] = FreeText.Any(orNull: true), ["uniqueItems"] = true };

    /// <inheritdoc/>
    public IReadOnlyList<string> Read(KeyReading at) => at.Map.Names(at.Key);

    /// <inheritdoc/>
    public YamlNode Write(IReadOnlyList<string> value) => YamlNodes.List(value.Select(YamlNodes.Text));
}
