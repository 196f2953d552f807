using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A whole number of 64 bits.</summary>
internal sealed class AnyWholeNumber : IKeyType<long>
{
    /// <inheritdoc/>
    public string Words => "a whole number";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = long.MinValue, ["maximum"] = long.MaxValue };

    /// <inheritdoc/>
    public long Read(KeyReading at) => at.Map.Long(at.Key);

    /// <inheritdoc/>
    public YamlNode Write(long value) => YamlNodes.Number(value);
}
