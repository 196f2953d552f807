using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>The version of the job file's own form; there is one so far.</summary>
internal sealed class FormatVersion : IKeyType<int>
{
    private const int Only = 1;

    /// <inheritdoc/>
    public string Words => "1";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["const"] = Only };

    /// <inheritdoc/>
    public int Read(KeyReading at) => at.Map.Int(at.Key, min: 1) is var version && version == Only
        ? version
        : throw at.Map.Error(at.Key, $"version is {version}, but this Granary reads version {Only}.");

    /// <inheritdoc/>
    public YamlNode Write(int value) => YamlNodes.Number(value);
}
