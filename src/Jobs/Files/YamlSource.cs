using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>Where the nodes of a file come from: a line of it, or an override on the command line.</summary>
/// <param name="name">The file's name.</param>
/// <param name="what">What kind of file it is, for messages.</param>
internal sealed class YamlSource(string name, string what = "job file")
{
    private readonly Dictionary<YamlNode, string> _overrides = new(ReferenceEqualityComparer.Instance);

    /// <summary>"job file".</summary>
    public string What => what;

    /// <summary>Remembers that a node comes from an override.</summary>
    public void Mark(YamlNode node, string item) => _overrides[node] = item;

    /// <summary>Whether a node comes from an override.</summary>
    public bool IsOverride(YamlNode node) => _overrides.ContainsKey(node);

    /// <summary>"digits.yaml:9" or "--set data.shards=0".</summary>
    public string Place(YamlNode node) => _overrides.TryGetValue(node, out var item) ? $"--set {item}" : $"{name}:{node.Start.Line}";
}
