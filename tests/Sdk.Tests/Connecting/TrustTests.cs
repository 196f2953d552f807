using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Granary.Contracts;
using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Sdk.Tests.Connecting;

/// <summary>Which servers a client shows its token to over HTTPS.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private string _authorization = "";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _end.Cancel();
        _server.Dispose();
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("own", "127.0.0.1", null)]
    [InlineData("other", "127.0.0.1", "--ca FILE")]
    [InlineData(null, "127.0.0.1", "--ca FILE")]
    [InlineData("own", "127.0.0.2", "it is not for the name 127.0.0.1. Call the cluster by a name that it has, or give the silo another one, made with all its names: granary certs issue --name NEW-NAME --address 127.0.0.1")]
    [InlineData("other", "127.0.0.2", "--ca FILE")]
    public async Task A_server_is_trusted_by_its_authority_and_its_name(string? authority, string named, string? remedy)
    {
        using var own = Authority("own");
        using var other = Authority("other");
        using var certificate = Issue(own, IPAddress.Parse(named));
        Serve(certificate);
        using var http = new HttpQuestions(new RemoteCluster(
            new Uri($"https://127.0.0.1:{((IPEndPoint)_server.LocalEndpoint).Port}"), "granary_secret", authority is null ? null : Path.Combine(_folder, authority + ".pem")));
        if (remedy is null)
        {
            Assert.True(await http.Get("", ClusterJson.Default.Boolean, Now));
            Assert.Equal("Bearer granary_secret", _authorization);
        }
        else
        {
            var refused = await Assert.ThrowsAsync<ClusterUnreachableException>(() => http.Get("", ClusterJson.Default.Boolean, Now));
            Assert.Contains("is not trusted", refused.Message);
            Assert.EndsWith(remedy, refused.Message, StringComparison.Ordinal);
            Assert.Equal("", _authorization);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no certificate")]
    public void A_file_without_a_certificate_is_refused(string? text)
    {
        var file = Path.Combine(_folder, "ca.pem");
        if (text is not null)
        {
            File.WriteAllText(file, text);
        }

        Assert.StartsWith(file, Assert.Throws<JobException>(() => HttpWay.Certificates(file)).Message, StringComparison.Ordinal);
    }

    private X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(_folder, name + ".pem"), made.ExportCertificatePem());
        return made;
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, IPAddress name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=silo", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(name);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    // Answers every question with yes.
    private void Serve(X509Certificate2 certificate)
    {
        _server.Start();
        _ = Task.Run(async () =>
        {
            while (!_end.IsCancellationRequested)
            {
                using var client = await _server.AcceptTcpClientAsync(_end.Token);
                try
                {
                    await using var secure = new SslStream(client.GetStream());
                    await secure.AuthenticateAsServerAsync(certificate);
                    using var reader = new StreamReader(secure, Encoding.ASCII, leaveOpen: true);
                    while (await reader.ReadLineAsync() is { Length: > 0 } line)
                    {
                        _authorization = line.StartsWith("Authorization: ", StringComparison.Ordinal) ? line["Authorization: ".Length..] : _authorization;
                    }

                    await secure.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\nConnection: close\r\n\r\ntrue"u8.ToArray());
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // The client does not trust it.
                }
            }
        });
    }
}
