using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>One of a few whole numbers.</summary>
/// <param name="numbers">The numbers, in rising order.</param>
internal sealed class OneOfNumbers(params int[] numbers) : IKeyType<int>
{
    /// <inheritdoc/>
    public string Words => KeyWords.List([.. numbers.Select(n => KeyWords.Count(n))], "or");

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["enum"] = new JsonArray([.. numbers.Select(n => (JsonNode)n)]) };

    /// <inheritdoc/>
    public int Read(KeyReading at)
    {
        var number = at.Map.Int(at.Key);
        return numbers.Contains(number) ? number : throw at.Map.Error(at.Key, $"{at.Map.Full(at.Key)} is {number}, but must be {Words}.");
    }

    /// <inheritdoc/>
    public YamlNode Write(int value) => YamlNodes.Number(value);
}
