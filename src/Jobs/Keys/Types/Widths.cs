using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A list of whole numbers, each at least 1.</summary>
internal sealed class Widths : IKeyType<IReadOnlyList<int>>
{
    /// <inheritdoc/>
    public string Words => "list of widths, each 1 or more";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "array", ["items"] = new WholeNumber(1).Schema() };

    /// <inheritdoc/>
    public IReadOnlyList<int> Read(KeyReading at) => at.Map.Widths(at.Key);

    /// <inheritdoc/>
    public YamlNode Write(IReadOnlyList<int> value) => YamlNodes.List(value.Select(w => YamlNodes.Number(w)));
}
