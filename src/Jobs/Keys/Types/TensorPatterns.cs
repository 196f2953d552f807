using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A list of patterns of tensors' names; a job may go without.</summary>
internal sealed class TensorPatterns : IKeyType<TrainedTensors?>
{
    /// <inheritdoc/>
    public string Words => "list of patterns";

    /// <inheritdoc/>
    public JsonObject Schema()
    {
        var pattern = FreeText.Any(orNull: true);
        pattern["minLength"] = 1;
        return new() { ["type"] = "array", ["items"] = pattern, ["minItems"] = 1 };
    }

    /// <inheritdoc/>
    public TrainedTensors? Read(KeyReading at)
    {
        var patterns = at.Map.Texts(at.Key, "[\"blocks.*.mlp.*\", unembedding.weight]");
        return patterns.Count == 0 || patterns.Any(p => p.Length == 0)
            ? throw at.Map.Error(at.Key, $"{at.Map.Full(at.Key)} {(patterns.Count == 0 ? "is empty" : "holds an empty pattern")}: nothing would be trained by it. "
                + "Name tensors, such as \"blocks.*.mlp.*\", or take the key out to train all.")
            : new TrainedTensors { Patterns = patterns };
    }

    /// <inheritdoc/>
    public YamlNode? Write(TrainedTensors? value) => value is null ? null : YamlNodes.List(value.Patterns.Select(YamlNodes.Text));
}
