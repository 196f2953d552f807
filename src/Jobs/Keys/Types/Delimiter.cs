using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>What stands between cells.</summary>
internal sealed class Delimiter : IKeyType<string>
{
    /// <inheritdoc/>
    public string Words => "one ASCII character, no quote, letter or digit; `\"\\t\"` is a tab";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = @"^([\t !#-/:-@\[-`{-~]|\\t)$" };

    /// <inheritdoc/>
    public string Read(KeyReading at)
    {
        // Without quotes, or in single ones, YAML leaves \t as it is.
        var given = at.Map.Text(at.Key)!;
        var text = given == "\\t" ? "\t" : given;
        return text.Length == 1 && text[0] is '\t' or (>= ' ' and <= '~' and not '"') && !char.IsAsciiLetterOrDigit(text[0])
            ? text
            : throw at.Map.Error(at.Key, $"data.delimiter is '{text}', but must be one ASCII character, such as \";\" or \"\\t\" (a tab), and no quote, letter or digit.");
    }

    /// <inheritdoc/>
    public YamlNode Write(string value) => YamlNodes.Text(value);
}
