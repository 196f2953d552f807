using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Granary.Jobs;

namespace Granary.Sdk.Connecting;

/// <summary>Connections to a cluster's HTTP server, and what its refusals mean.</summary>
internal static class HttpWay
{
    /// <summary>A client with connections of its own.</summary>
    /// <exception cref="JobException">The file of certificates cannot be used.</exception>
    public static HttpClient Open(RemoteCluster cluster)
    {
        // Of this machine's own there is no proxy.
        var handler = new SocketsHttpHandler { UseProxy = !cluster.Url.IsLoopback, AllowAutoRedirect = false };
        if (cluster.Authority is { } file)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(Certificates(file));
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (cluster.Token is { } token)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return http;
    }

    /// <summary>The certificates of a file.</summary>
    /// <exception cref="JobException">It cannot be read, or has none.</exception>
    public static X509Certificate2Collection Certificates(string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (Exception e) when (FileTrouble.Is(e) || e is CryptographicException)
        {
            throw new JobException($"{file}: the certificates cannot be read: {FileTrouble.Reason(e)}.");
        }

        return certificates.Count > 0 ? certificates : throw new JobException($"{file}: it has no certificate. Give the file of the cluster's authority, in PEM.");
    }

    /// <summary>What a server whose certificate is not trusted is refused with; null: that is not what went wrong.</summary>
    public static ClusterUnreachableException? Distrust(RemoteCluster cluster, Exception error) => error is HttpRequestException { InnerException: AuthenticationException why }
        ? new ClusterUnreachableException($"the certificate of {cluster} is not trusted: " + (IsOfAnotherName(why)
            ? $"it is not for the name {cluster.Url.DnsSafeHost}. Call the cluster by a name that it has, or issue it for this one too: granary certs issue --name NAME {(IPAddress.TryParse(cluster.Url.DnsSafeHost, out _) ? "--address" : "--dns")} {cluster.Url.DnsSafeHost}"
            : $"{why.Message} Name the file of its authority: granary login {cluster} --ca FILE"))
        : null;

    // Its authority is trusted; .NET says what is wrong in these words alone.
    private static bool IsOfAnotherName(AuthenticationException why) => why.Message.Contains(nameof(SslPolicyErrors.RemoteCertificateNameMismatch), StringComparison.Ordinal)
        && !why.Message.Contains(nameof(SslPolicyErrors.RemoteCertificateChainErrors), StringComparison.Ordinal);

    /// <summary>What an answer that is none means.</summary>
    /// <param name="code">Its status.</param>
    /// <param name="text">Its body.</param>
    public static Exception Refusal(HttpStatusCode code, string text)
    {
        var why = Detail(text) ?? $"HTTP {(int)code}";
        return code switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => new JobException(why),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new AccessRefusedException(why),
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests => new HttpRequestException(why),
            HttpStatusCode.NotFound => new ClusterUnreachableException($"the cluster's silos are of another build than this client ({why}). Connect anew, or use the same version."),
            _ => new InvalidOperationException(why),
        };
    }

    /// <summary>What a problem document says; null: it is none.</summary>
    public static string? Detail(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
