using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A built-in kind, or the name of one of one's own.</summary>
/// <param name="own">The kind that stands for all of one's own.</param>
/// <param name="builtIn">The built-in ones by name.</param>
/// <param name="registered">Names of those that this process knows beside them.</param>
/// <param name="page">Where the reference tells how to make one.</param>
internal sealed class KindOrOwn<T>(T own, IReadOnlyDictionary<string, T> builtIn, Func<IReadOnlyList<string>> registered, string page) : IKeyType<(T Kind, string? Own)>
    where T : struct, Enum
{
    /// <inheritdoc/>
    public string Words => $"{string.Join(", ", builtIn.Keys)}, or [one of one's own]({page})";

    /// <inheritdoc/>
    public JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray([.. builtIn.Keys.Select(k => (JsonNode)k)]) },
            new JsonObject { ["type"] = "string", ["pattern"] = "^[a-z][a-z0-9-]{0,63}$" }),
    };

    /// <inheritdoc/>
    public (T Kind, string? Own) Read(KeyReading at)
    {
        var text = at.Map.Text(at.Key)!;
        return builtIn.TryGetValue(text, out var kind) ? (kind, null)
            : registered().Contains(text) || (at.Place.AnyKind && KindNames.IsName(text)) ? (own, text)
            : throw at.Map.NoChoice(at.Key, text, [.. builtIn.Keys, .. registered()]);
    }

    /// <inheritdoc/>
    public YamlNode Write((T Kind, string? Own) value) => YamlNodes.Word(value.Own ?? Kebab.Name(value.Kind));
}
