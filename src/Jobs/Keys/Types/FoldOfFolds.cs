using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>One of k folds.</summary>
internal sealed class FoldOfFolds : IKeyType<string?>
{
    /// <inheritdoc/>
    public string Words => "i/k: fold i of k, such as 2/5";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^ *[0-9]+ */ *[0-9]+ *$" };

    /// <inheritdoc/>
    public string? Read(KeyReading at)
    {
        var text = at.Map.Text(at.Key)!;
        return Fold.Parse(text)?.ToString() ?? throw at.Map.Error(at.Key, $"data.validation.fold is '{text}', but must be {Fold.Form}: 2/5, for example.");
    }

    /// <inheritdoc/>
    public YamlNode? Write(string? value) => value is null ? null : YamlNodes.Text(value);
}
