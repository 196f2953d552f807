using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Weights of classes: balanced, or given by label.</summary>
internal sealed class WeightsByClass : IKeyType<ClassWeights?>
{
    private const string Balanced = "balanced";

    private const string Example = "weights by label, such as { yes: 4, no: 1 }";

    /// <inheritdoc/>
    public string Words => $"{Balanced}, or weights above 0 by label";

    /// <inheritdoc/>
    public JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["const"] = Balanced },
            new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["additionalProperties"] = RealNumber.Positive.Schema() }),
    };

    /// <inheritdoc/>
    public ClassWeights? Read(KeyReading at)
    {
        var (map, key) = (at.Map, at.Key);
        if (!map.IsSection(key))
        {
            return map.Text(key) == Balanced
                ? new ClassWeights()
                : throw map.Error(key, $"training.classWeights is '{map.Text(key)}', but must be {Balanced}, or {Example}.");
        }

        var weights = map.Map(key);
        return weights.Keys.Count > 0
            ? new ClassWeights { ByLabel = weights.Keys.ToDictionary(label => label, label => weights.Has(label) ? RealNumber.Positive.Read(weights, label) : 1) }
            : throw map.Error(key, $"training.classWeights is empty: leave it out, or give {Example}.");
    }

    /// <inheritdoc/>
    public YamlNode? Write(ClassWeights? value) => value switch
    {
        null => null,
        { ByLabel: null } => YamlNodes.Word(Balanced),
        { ByLabel: { } weights } => new YamlMappingNode(weights.OrderBy(w => w.Key, StringComparer.Ordinal)
            .Select(w => KeyValuePair.Create<YamlNode, YamlNode>(YamlNodes.Text(w.Key), YamlNodes.Number(w.Value)))),
    };
}
