using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A list of texts that stand for a missing value.</summary>
internal sealed class Spellings : IKeyType<IReadOnlyList<string>>
{
    /// <inheritdoc/>
    public string Words => "list of texts or numbers";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "array", ["items"] = FreeText.Any(orNull: true) };

    /// <inheritdoc/>
    public IReadOnlyList<string> Read(KeyReading at) => at.Map.Texts(at.Key, "[NA, \"?\", -999]");

    /// <inheritdoc/>
    public YamlNode Write(IReadOnlyList<string> value) => YamlNodes.List(value.Select(YamlNodes.Text));
}
