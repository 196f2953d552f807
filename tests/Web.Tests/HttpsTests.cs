using System.Net;
using System.Security.Cryptography.X509Certificates;
using Granary.Grains.Tests;
using Granary.Web.Hosting;
using Microsoft.Extensions.Logging;

namespace Granary.Web.Tests;

/// <summary>API and page by HTTPS, with a silo's certificate.</summary>
public sealed class HttpsTests(WebCluster cluster) : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly RecordedLog _log = new();
    private readonly LoggerFactory _logs = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _logs.Dispose();
        _log.Dispose();
    }

    private Task<ClusterWeb> Start(string folder)
    {
        _logs.AddProvider(_log);
        return ClusterWeb.Start(
            new WebSettings("silo-1", "test", new IPEndPoint(IPAddress.Loopback, 0)) { Certificates = _certificates.Open(folder) }, cluster.Cluster.Client, cluster.Check, _logs);
    }

    // As a browser or a program does that has been given the CA's certificate, and looks at names too.
    private static HttpClient Trusting(string authorities, Uri address)
    {
        var trusted = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trusted.CustomTrustStore.ImportFromPemFile(authorities);
        return new HttpClient(new SocketsHttpHandler { SslOptions = new() { CertificateChainPolicy = trusted } }) { BaseAddress = address };
    }

    [Fact]
    public async Task The_api_and_the_page_are_served_to_whoever_trusts_the_ca_and_to_nobody_else()
    {
        await using var web = await Start(_certificates.Issue("silo-1"));
        Assert.Equal("https", web.Address.Scheme);
        using var http = Trusting(Path.Combine(_certificates.Folder, "ca.pem"), web.Address);
        using var jobs = await http.GetAsync(new Uri("/api/v1/jobs", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, jobs.StatusCode);
        Assert.Contains("<title>", await http.GetStringAsync(new Uri("/", UriKind.Relative)));

        // A page of its own may ask for a change; one elsewhere may not.
        Assert.Equal(HttpStatusCode.NotFound, await Cancel(http, $"https://127.0.0.1:{web.Address.Port}"));
        Assert.Equal(HttpStatusCode.Forbidden, await Cancel(http, "https://elsewhere.example"));

        using var other = new TestCertificates();
        using var stranger = Trusting(Path.Combine(other.Folder, "ca.pem"), web.Address);
        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(new Uri("/api/v1/jobs", UriKind.Relative)));
    }

    private static async Task<HttpStatusCode> Cancel(HttpClient http, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/jobs/none/cancel");
        request.Headers.Add("Origin", origin);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    [Fact]
    public async Task Plain_text_hears_nothing_and_is_logged_once()
    {
        await using var web = await Start(_certificates.Issue("silo-1"));
        var port = new IPEndPoint(IPAddress.Loopback, web.Address.Port);
        for (var i = 0; i < 3; i++)
        {
            Assert.Empty(await TestCertificates.HeardInPlainText(port, "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray()));
        }

        var line = Assert.Single(_log.Lines).Message;
        Assert.StartsWith("Refused a connection to the web port from 127.0.0.1:", line);
        Assert.Contains("it spoke plain text, and this port demands TLS", line);
    }

    [Fact]
    public async Task A_rotated_certificate_is_shown_without_a_restart()
    {
        var folder = _certificates.Issue("silo-1");
        await using var web = await Start(folder);
        var before = await Shown(web);
        _certificates.Store.Rotate("silo-1", TimeSpan.FromDays(100));
        var after = before;
        for (var i = 0; i < 200 && after == before; i++)
        {
            await Task.Delay(50); // files are looked at once a second
            after = await Shown(web);
        }

        using var rotated = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "silo.pem"));
        Assert.Equal(rotated.SerialNumber, after);
        Assert.NotEqual(before, after);
    }

    private static async Task<string> Shown(ClusterWeb web)
    {
        var serial = "";
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new()
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    serial = ((X509Certificate2)certificate!).SerialNumber;
                    return true;
                },
            },
        });
        using var answer = await http.GetAsync(web.Address);
        return serial;
    }
}
