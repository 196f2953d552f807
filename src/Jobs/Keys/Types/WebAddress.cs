using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Granary.Jobs;

/// <summary>The address of a web server.</summary>
internal sealed class WebAddress : IKeyType<string>
{
    /// <inheritdoc/>
    public string Words => "URL, http or https";

    /// <inheritdoc/>
    public JsonObject Schema() => new() { ["type"] = "string", ["pattern"] = "^https?://" };

    /// <inheritdoc/>
    public string Read(KeyReading at)
    {
        var given = at.Map.Text(at.Key)!;
        if (!Uri.TryCreate(given, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw at.Map.Error(at.Key, $"{at.Map.Full(at.Key)} is '{given}', but must be a URL such as http://127.0.0.1:5000.");
        }

        return address.UserInfo.Length == 0 ? given : throw at.Map.Error(
            at.Key, $"{at.Map.Full(at.Key)} has a user's name in it, and the job file is shown to everyone: give it to the silos in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.");
    }

    /// <inheritdoc/>
    public YamlNode Write(string value) => YamlNodes.Text(value);
}
