using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>A folder that is written, which need not be there: a path, or s3://BUCKET/PREFIX. It becomes absolute.</summary>
internal sealed class PlaceToWrite : IKeyType<string?>
{
    /// <inheritdoc/>
    public string Words => "path: a folder, or s3://BUCKET/PREFIX";

    /// <inheritdoc/>
    public JsonObject Schema()
    {
        var schema = FreeText.Any();
        schema["minLength"] = 1;
        return schema;
    }

    /// <inheritdoc/>
    public string? Read(KeyReading at) => FilePath.ReadPlace(at.Map, at.Key, at.Place);

    /// <inheritdoc/>
    public YamlNode? Write(string? value) => value is null ? null : YamlNodes.Text(value);
}
