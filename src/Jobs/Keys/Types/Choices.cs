using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A list of different names, of a few.</summary>
internal sealed class Choices<T> : IKeyType<IReadOnlyList<T>?>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> Named = Enum.GetValues<T>().ToDictionary(Kebab.Name, v => v);

    /// <inheritdoc/>
    public string Words => $"list of {string.Join(", ", Named.Keys)}";

    /// <inheritdoc/>
    public JsonObject Schema() => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject { ["enum"] = new JsonArray([.. Named.Keys.Select(n => (JsonNode)n)]) },
        ["minItems"] = 1,
        ["uniqueItems"] = true,
    };

    /// <inheritdoc/>
    public IReadOnlyList<T>? Read(KeyReading at)
    {
        var names = at.Map.Names(at.Key);
        return names.Count > 0
            ? [.. names.Select(n => Named.TryGetValue(n, out var value) ? value
                : throw at.Map.Error(at.Key, $"{at.Map.Full(at.Key)} holds '{n}', but must hold some of {string.Join(", ", Named.Keys)}."))]
            : throw at.Map.Error(at.Key, $"{at.Map.Full(at.Key)} is empty: leave it out, or name some of {string.Join(", ", Named.Keys)}.");
    }

    /// <inheritdoc/>
    public YamlNode? Write(IReadOnlyList<T>? value) => value is null ? null : YamlNodes.List(value.Select(v => YamlNodes.Word(Kebab.Name(v))));
}
