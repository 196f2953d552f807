using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Any text. A number or true is one too: a column may be called 1.</summary>
internal sealed class FreeText : IKeyType<string?>
{
    /// <inheritdoc/>
    public string Words => "text";

    /// <inheritdoc/>
    public JsonObject Schema() => Any();

    /// <summary>Any single value, as a JSON Schema.</summary>
    /// <param name="orNull">Whether the word null is a text as well.</param>
    public static JsonObject Any(bool orNull = false) =>
        new() { ["type"] = orNull ? new JsonArray("string", "number", "boolean", "null") : new JsonArray("string", "number", "boolean") };

    /// <inheritdoc/>
    public string? Read(KeyReading at) => at.Map.Text(at.Key);

    /// <inheritdoc/>
    public YamlNode? Write(string? value) => value is null ? null : YamlNodes.Text(value);
}
