using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>true or false.</summary>
internal sealed class TrueOrFalse : IKeyType<bool>
{
    /// <inheritdoc/>
    public string Words => "true, false";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "boolean" };

    /// <inheritdoc/>
    public bool Read(KeyReading at) => at.Map.Bool(at.Key, false);

    /// <inheritdoc/>
    public YamlNode Write(bool value) => YamlNodes.Word(value ? "true" : "false");
}
