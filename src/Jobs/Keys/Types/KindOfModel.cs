using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A built-in kind of model, or the name of one of one's own.</summary>
internal sealed class KindOfModel : IKeyType<(ModelKind Kind, string? Own)>
{
    /// <inheritdoc/>
    public string Words => $"{string.Join(", ", OwnKinds.BuiltIn.Keys)}, or [one of one's own](../how-to/own-models.md)";

    /// <inheritdoc/>
    public JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray([.. OwnKinds.BuiltIn.Keys.Select(k => (JsonNode)k)]) },
            new JsonObject { ["type"] = "string", ["pattern"] = "^[a-z][a-z0-9-]{0,63}$" }),
    };

    /// <inheritdoc/>
    public (ModelKind Kind, string? Own) Read(KeyReading at)
    {
        var text = at.Map.Text(at.Key)!;
        return OwnKinds.BuiltIn.TryGetValue(text, out var kind) ? (kind, null)
            : OwnKinds.Names.Contains(text) || (at.Place.AnyKind && OwnKinds.IsName(text)) ? (ModelKind.Own, text)
            : throw at.Map.NoChoice(at.Key, text, [.. OwnKinds.BuiltIn.Keys, .. OwnKinds.Names]);
    }

    /// <inheritdoc/>
    public YamlNode Write((ModelKind Kind, string? Own) value) => YamlNodes.Word(value.Own ?? Kebab.Name(value.Kind));
}
