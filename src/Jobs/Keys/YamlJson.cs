using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>YAML as Granary writes it, as JSON.</summary>
internal static class YamlJson
{
    /// <summary>A value; null: nothing.</summary>
    public static JsonNode? Of(YamlNode? node) => node switch
    {
        YamlScalarNode { Style: ScalarStyle.DoubleQuoted } text => JsonValue.Create(text.Value),
        YamlScalarNode { Value: "true" or "false" } flag => JsonValue.Create(flag.Value == "true"),
        YamlScalarNode plain when long.TryParse(plain.Value, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        YamlScalarNode plain when double.TryParse(plain.Value, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        YamlScalarNode word => JsonValue.Create(word.Value),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Of)]),
        _ => null,
    };
}
