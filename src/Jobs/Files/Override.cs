using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Overrides, "training.epochs=3": the value is YAML, so that lists and sections can be given too.</summary>
internal static class Override
{
    public static void Apply(YamlMappingNode root, string item, YamlSource source)
    {
        var cut = item.IndexOf('=', StringComparison.Ordinal);
        if (cut <= 0 || item[..cut].Split('.').Any(string.IsNullOrWhiteSpace))
        {
            throw new JobException($"--set {item}: this must be key=value, such as training.epochs=3.");
        }

        var keys = item[..cut].Trim().Split('.');
        var value = Value(item, item[(cut + 1)..]);
        Mark(value, item, source);
        var map = root;
        foreach (var key in keys[..^1])
        {
            var name = new YamlScalarNode(key);
            if (!map.Children.TryGetValue(name, out var next) || next is not YamlMappingNode)
            {
                next = new YamlMappingNode();
                source.Mark(next, item);
                source.Mark(name, item);
                map.Children[name] = next;
            }

            map = (YamlMappingNode)next;
        }

        var last = new YamlScalarNode(keys[^1]);
        source.Mark(last, item);
        map.Children.Remove(last);
        map.Children.Add(last, value);
    }

    private static YamlNode Value(string item, string text)
    {
        try
        {
            // A glob is what it looks like, and not YAML's reference to an anchor.
            return text.StartsWith('*') ? new YamlScalarNode(text) : YamlText.Root(text) ?? new YamlScalarNode("");
        }
        catch (YamlTextException)
        {
            throw new JobException($"--set {item}: the value is no YAML. Text with brackets, quotes or ': ' in it needs quotes of its own.");
        }
    }

    private static void Mark(YamlNode node, string item, YamlSource source)
    {
        foreach (var each in node.AllNodes)
        {
            source.Mark(each, item);
        }
    }
}
