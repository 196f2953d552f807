using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>YAML as Granary writes it: texts in quotes, all else plain.</summary>
internal static class YamlNodes
{
    /// <summary>A text.</summary>
    public static YamlScalarNode Text(string text) => new(text) { Style = ScalarStyle.DoubleQuoted };

    /// <summary>A number.</summary>
    public static YamlScalarNode Number(IFormattable value) => new(value.ToString(null, CultureInfo.InvariantCulture));

    /// <summary>A word that needs no quotes.</summary>
    public static YamlScalarNode Word(string word) => new(word);

    /// <summary>A list on one line.</summary>
    public static YamlSequenceNode List(IEnumerable<YamlNode> items) => new(items) { Style = SequenceStyle.Flow };

    /// <summary>A section, without the keys that have nothing to say.</summary>
    public static YamlMappingNode Map(IEnumerable<(string Key, YamlNode? Value)> entries) =>
        new(entries.Where(e => e.Value is not null).Select(e => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(e.Key), e.Value!)));
}
