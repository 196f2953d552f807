using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Granary.Jobs;

namespace Granary.Sdk.Connecting;

/// <summary>Connections to a cluster's HTTP server, and what its refusals mean.</summary>
internal static class HttpWay
{
    // An upload that waits for its place may be refused yet: a refusal in the middle of what is sent would be lost.
    private static readonly TimeSpan RefusalTime = TimeSpan.FromMinutes(1);

    /// <summary>A client with connections of its own.</summary>
    /// <param name="cluster">The server, and who asks.</param>
    /// <param name="dial">Makes the connections.</param>
    /// <exception cref="JobException">The file of certificates cannot be used.</exception>
    public static HttpClient Open(RemoteCluster cluster, HttpDial dial)
    {
        if (cluster is { Token: null, Key: { } key } && cluster.Url.Scheme == Uri.UriSchemeHttp)
        {
            return new HttpClient(new HomeKeyHandler(key, cluster.Url, dial, connect => Handler(cluster, connect))) { Timeout = Timeout.InfiniteTimeSpan };
        }

        var http = new HttpClient(Handler(cluster, async (context, cancellation) => await dial.Connect(context.DnsEndPoint, cancellation))) { Timeout = Timeout.InfiniteTimeSpan };
        if ((cluster.Token ?? cluster.Key?.Text) is { } token) // over HTTPS the server has shown by its certificate whose it is
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return http;
    }

    private static SocketsHttpHandler Handler(RemoteCluster cluster, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect)
    {
        // Of this machine's own there is no proxy.
        var handler = new SocketsHttpHandler { UseProxy = !cluster.Url.IsLoopback, AllowAutoRedirect = false, ConnectCallback = connect, Expect100ContinueTimeout = RefusalTime };
        if (cluster.Authority is { } file)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(Certificates(file));
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return handler;
    }

    /// <summary>What a cluster refuses with for want of a token, and that the key of a home was not shown, where there is one.</summary>
    public static AccessRefusedException NoAccess(RemoteCluster cluster, HttpStatusCode code, string why) => new(
        code == HttpStatusCode.Unauthorized && cluster is { Token: null, Key: { } key }
            ? $"{why} (The key of {key} was not shown: whoever answers at {cluster} has not proven to be a silo of that home. Name the home of the silo as GRANARY_HOME, or a token as GRANARY_TOKEN.)"
            : why);

    /// <summary>What a cluster that says nothing at all is told with.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="time">For how long it has said nothing.</param>
    public static ClusterUnreachableException Silent(RemoteCluster cluster, TimeSpan time) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"the cluster at {cluster} has said nothing for {Math.Ceiling(time.TotalSeconds):0} s: its machine may be lost, or the network to it cut off. Jobs that it has go on without this command. Try again, or name the address of another of its silos: --url (GRANARY_URL)."));

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
            ? $"it is not for the name {cluster.Url.DnsSafeHost}. Call the cluster by a name that it has, or give the silo another one, made with all its names: granary certs issue --name NEW-NAME {(IPAddress.TryParse(cluster.Url.DnsSafeHost, out _) ? "--address" : "--dns")} {cluster.Url.DnsSafeHost}"
            : $"{why.Message} Name the file of its authority: granary login {cluster} --ca FILE"))
        : null;

    // Its authority is trusted; .NET says what is wrong in these words alone.
    private static bool IsOfAnotherName(AuthenticationException why) => why.Message.Contains(nameof(SslPolicyErrors.RemoteCertificateNameMismatch), StringComparison.Ordinal)
        && !why.Message.Contains(nameof(SslPolicyErrors.RemoteCertificateChainErrors), StringComparison.Ordinal);

    /// <summary>Whether the machine is there, and nobody listens at the address: a silo that starts again.</summary>
    public static bool IsRefused(HttpRequestException error) => error.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset };

    /// <summary>Whether the system has found that the other end does not answer any more.</summary>
    public static bool IsSilent(Exception error) => error is SocketException { SocketErrorCode: SocketError.TimedOut } || (error.InnerException is { } inner && IsSilent(inner));

    /// <summary>What an answer that is none means.</summary>
    /// <param name="code">Its status.</param>
    /// <param name="text">Its body.</param>
    /// <param name="cluster">The cluster.</param>
    public static Exception Refusal(HttpStatusCode code, string text, RemoteCluster cluster)
    {
        var why = Detail(text) ?? $"HTTP {(int)code}";
        return code switch
        {
            HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => new JobException(why),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => NoAccess(cluster, code, why),
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
