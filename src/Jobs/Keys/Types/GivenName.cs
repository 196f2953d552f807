using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A job's name.</summary>
internal sealed class GivenName : IKeyType<string>
{
    /// <inheritdoc/>
    public string Words => JobName.Rule;

    /// <inheritdoc/>
    public JsonObject Schema()
    {
        var schema = FreeText.Any();
        schema["pattern"] = "^[A-Za-z0-9._-]{1,64}$";
        return schema;
    }

    /// <inheritdoc/>
    public string Read(KeyReading at)
    {
        var given = at.Map.Text(at.Key)!;
        return JobName.IsGood(given)
            ? given
            : throw at.Map.Error(at.Key, $"name is '{given}': it must be {JobName.Rule}." + (JobName.From(given) is { } made ? $" Write {made}, for example." : ""));
    }

    /// <inheritdoc/>
    public YamlNode Write(string value) => YamlNodes.Text(value);
}
