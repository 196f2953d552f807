using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Names and values of the user's own, which a model of one's own is told.</summary>
internal sealed class OptionList : IKeyType<IReadOnlyDictionary<string, string>>
{
    /// <inheritdoc/>
    public string Words => "section: names (letters, digits, `-`, `_`, a letter first) and values";

    /// <inheritdoc/>
    public JsonObject Schema() => new()
    {
        ["type"] = "object",
        ["propertyNames"] = new JsonObject { ["pattern"] = "^[A-Za-z][A-Za-z0-9_-]*$" },
        ["additionalProperties"] = FreeText.Any(),
    };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Read(KeyReading at)
    {
        var map = at.Map.Map(at.Key);
        return map.Keys.Where(map.Has).ToDictionary(key => key, key => IsName(key)
            ? map.Text(key)!
            : throw map.Error(key, $"{map.Path} has '{key}', but an option's name is letters, digits, '-' and '_', a letter first."));
    }

    /// <inheritdoc/>
    public YamlNode? Write(IReadOnlyDictionary<string, string> value) => value.Count == 0 ? null : YamlNodes.Map(
        value.OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => (o.Key, (YamlNode?)YamlNodes.Text(o.Value))));

    private static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
