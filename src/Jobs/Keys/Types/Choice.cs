using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>One of a few names.</summary>
internal sealed class Choice<T> : IKeyType<T>
    where T : struct, Enum
{
    private static readonly string[] Names = [.. Enum.GetValues<T>().Select(Kebab.Name)];

    /// <inheritdoc/>
    public string Words => string.Join(", ", Names);

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["enum"] = new JsonArray([.. Names.Select(n => (JsonNode)n)]) };

    /// <inheritdoc/>
    public T Read(KeyReading at) => at.Map.Enum<T>(at.Key, null);

    /// <inheritdoc/>
    public YamlNode Write(T value) => YamlNodes.Word(Kebab.Name(value));
}
