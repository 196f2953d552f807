using System.Globalization;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A job as a job file: keys in the order of their declaration, every default filled in that has a meaning for it.</summary>
internal static class JobWriter
{
    public static string Write(Job job)
    {
        var text = new StringBuilder();
        using (var writer = new StringWriter(text, CultureInfo.InvariantCulture))
        {
            new YamlStream(new YamlDocument(JobKeys.File.Write(job)!)).Save(writer, assignAnchors: false);
        }

        return text.ToString().Replace("...\n", "", StringComparison.Ordinal);
    }

    /// <summary>The same, each value with the dotted path of its key.</summary>
    public static IEnumerable<(string Key, string Value)> Values(Job job) => Values("", JobKeys.File.Write(job)!);

    private static IEnumerable<(string Key, string Value)> Values(string path, YamlNode node) => node is YamlMappingNode map
        ? map.Children.SelectMany(c => Values(path.Length == 0 ? $"{c.Key}" : $"{path}.{c.Key}", c.Value))
        : [(path, node.ToString())];
}
