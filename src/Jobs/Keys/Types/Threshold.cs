using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>What a threshold is chosen by.</summary>
internal sealed class Threshold : IKeyType<string?>
{
    /// <inheritdoc/>
    public string Words => "f1, youden, accuracy, `precision>=P`, `recall>=R`";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = @"^ *(f1|youden|accuracy|(precision|recall) *>= *[0-9]*\.?[0-9]+) *$" };

    /// <inheritdoc/>
    public string? Read(KeyReading at)
    {
        var text = at.Map.Text(at.Key)!;
        return ThresholdRule.Parse(text)?.ToString()
            ?? throw at.Map.Error(at.Key, $"data.validation.threshold is '{text}', but must be one of {ThresholdRule.Forms}: precision>=0.9, for example.");
    }

    /// <inheritdoc/>
    public YamlNode? Write(string? value) => value is null ? null : YamlNodes.Text(value);
}
