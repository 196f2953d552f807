using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Two finite numbers.</summary>
internal sealed class Bounds : IKeyType<IReadOnlyList<double>?>
{
    private const string Example = "[0, 100]";

    /// <inheritdoc/>
    public string Words => "two numbers in rising order";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "number" }, ["minItems"] = 2, ["maxItems"] = 2 };

    /// <inheritdoc/>
    public IReadOnlyList<double>? Read(KeyReading at)
    {
        var texts = at.Map.Texts(at.Key, Example);
        double[] numbers = [.. texts.Select(t => YamlScalar.Number(t)
            ?? throw at.Map.Error(at.Key, $"{at.Map.Full(at.Key)} holds '{t}', which is not a finite number.{YamlScalar.NumberRemedy(t)}"))];
        return numbers.Length == 2 && numbers[0] < numbers[1]
            ? numbers
            : throw at.Map.Error(at.Key, $"{at.Map.Full(at.Key)} is [{string.Join(", ", texts)}], but must be two numbers in rising order, such as {Example}.");
    }

    /// <inheritdoc/>
    public YamlNode? Write(IReadOnlyList<double>? value) => value is null ? null : YamlNodes.List(value.Select(v => YamlNodes.Number(v)));
}
