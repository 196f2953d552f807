using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A whole number in a range.</summary>
/// <param name="min">The least.</param>
/// <param name="max">The greatest.</param>
internal sealed class WholeNumber(int min, int max = int.MaxValue) : IKeyType<int>
{
    /// <inheritdoc/>
    public string Words => max == int.MaxValue ? $"{KeyWords.Count(min)} or more" : $"{KeyWords.Count(min)} to {KeyWords.Count(max)}";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = min, ["maximum"] = max };

    /// <inheritdoc/>
    public int Read(KeyReading at) => at.Map.Int(at.Key, min: min, max: max);

    /// <inheritdoc/>
    public YamlNode Write(int value) => YamlNodes.Number(value);
}
