using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>The name of a kind: a built-in one, or one that the silo's program registers.</summary>
/// <param name="builtIn">Names of the built-in ones.</param>
/// <param name="registered">Names of those that this process knows beside them.</param>
/// <param name="page">Where the reference tells how to make one.</param>
internal sealed class NameOfKind(IReadOnlyList<string> builtIn, Func<IReadOnlyList<string>> registered, string page) : IKeyType<string>
{
    /// <inheritdoc/>
    public string Words => $"{string.Join(", ", builtIn)}, or [one of one's own]({page})";

    /// <inheritdoc/>
    public JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray([.. builtIn.Select(k => (JsonNode)k)]) },
            new JsonObject { ["type"] = "string", ["pattern"] = "^[a-z][a-z0-9-]{0,63}$" }),
    };

    /// <inheritdoc/>
    public string Read(KeyReading at)
    {
        var text = at.Map.Text(at.Key)!;
        return builtIn.Contains(text) || registered().Contains(text) || (at.Place.AnyKind && KindNames.IsName(text))
            ? text
            : throw at.Map.NoChoice(at.Key, text, [.. builtIn, .. registered()]);
    }

    /// <inheritdoc/>
    public YamlNode Write(string value) => YamlNodes.Word(value);
}
