using Granary.Jobs;

namespace Granary.Sdk.Connecting;

/// <summary>A cluster that is asked over its HTTP API, and in no other way.</summary>
/// <param name="Url">Where its silos serve it: http or https, host and port.</param>
/// <param name="Token">The token that is shown; null: none.</param>
/// <param name="Authority">File of the certificates, in PEM, one of which the server's is to come from; null: those that the system trusts.</param>
internal sealed record RemoteCluster(Uri Url, string? Token = null, string? Authority = null)
{
    /// <summary>What is shown to silos of this machine where there is no token; null: nothing.</summary>
    public HomeKey? Key { get; init; }

    /// <summary>The address of a cluster's API, as a user has written it.</summary>
    /// <param name="text">"https://granary.example:8443".</param>
    /// <param name="said">Where it stands, for messages: "--url".</param>
    /// <exception cref="JobException">It is none.</exception>
    public static Uri Parse(string text, string said) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { PathAndQuery: "/", UserInfo: "", Fragment: "" }
            ? url
            : throw new JobException($"{said} is '{text}', which is no address of a cluster. Give protocol, host and port, as in https://granary.example:8443.");

    /// <summary>The address alone: the token is nobody's business.</summary>
    public override string ToString() => Url.GetLeftPart(UriPartial.Authority);
}
