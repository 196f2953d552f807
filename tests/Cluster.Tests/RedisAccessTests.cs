using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Cluster.Tests;

/// <summary>A Redis that asks who comes, and one that is spoken to with TLS alone.</summary>
public sealed class RedisAccessTests : IDisposable
{
    private const string Password = "sEcr3t-of-redis";

    private static readonly string[] OneUser = ["--user", "default", "off", "--user", "granary", "on", $">{Password}", "~*", "&*", "+@all"];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task User_and_password_let_a_cluster_in_and_are_never_shown()
    {
        using var redis = await RedisServer.Start(_folder, port => ["--port", $"{port}", .. OneUser], $",user=granary,password={Password}", []);
        var said = await Trains(redis);
        foreach (var wrong in new[] { "", ",user=granary,password=b1c2d3" })
        {
            using var stranger = redis.RunAs(wrong, "silo", "--name", "stranger", "--threads", "1");
            Assert.Equal(2, await stranger.Exit());
            Assert.Contains("Redis refuses the user or the password", stranger.Errors, StringComparison.Ordinal);
            said += stranger.Output + stranger.Errors;
        }

        using var down = redis.Run("down");
        Assert.Equal(2, await down.Exit());
        Assert.Contains($"GRANARY_REDIS is {redis.Place}, a cluster whose silos run elsewhere", down.Errors, StringComparison.Ordinal);
        using var help = redis.Run("silo", "--help");
        await help.Succeeds();
        using var unclear = redis.RunAs(",nonsense=b1c2d3", "silo", "--name", "unclear");
        Assert.Equal(2, await unclear.Exit());
        Assert.Contains("--redis (GRANARY_REDIS) cannot be read", unclear.Errors, StringComparison.Ordinal);
        said += down.Output + down.Errors + help.Output + help.Errors + unclear.Output + unclear.Errors;
        Assert.DoesNotContain(Password, said, StringComparison.Ordinal);
        Assert.DoesNotContain("b1c2d3", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_TLS_a_cluster_meets_where_its_issuer_is_trusted()
    {
        Certificates();
        using var redis = await RedisServer.Start(
            _folder,
            port =>
            [
                "--port", "0", "--tls-port", $"{port}", "--tls-cert-file", File("server.pem"), "--tls-key-file", File("server.key"), "--tls-ca-cert-file", File("ca.pem"), "--tls-auth-clients", "no",
                .. OneUser,
            ],
            $",ssl=true,user=granary,password={Password}",
            [("SERedis_IssuerCertPath", File("ca.pem"))]);
        await Trains(redis);
        using var plain = redis.RunAs($",user=granary,password={Password}", "silo", "--name", "plain", "--threads", "1");
        Assert.Equal(2, await plain.Exit());
        Assert.Contains("GRANARY_REDIS", plain.Errors, StringComparison.Ordinal);

        // Whose certificate nobody vouches for.
        using var distrustful = new CommandLine(
            _folder, [("GRANARY_REDIS", $"{redis.Place},ssl=true,user=granary,password={Password}"), ("GRANARY_STORE", "redis")], ["silo", "--name", "distrustful", "--threads", "1"]);
        Assert.Equal(2, await distrustful.Exit());
        Assert.Contains("SERedis_IssuerCertPath", distrustful.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, plain.Errors + distrustful.Errors, StringComparison.Ordinal);
    }

    private static async Task<string> Trains(RedisServer redis)
    {
        using var silo = redis.Run("silo", "--name", "one", "--threads", "1");
        silo.WaitFor("ready one");
        using var submit = redis.Run("submit", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--json", "--set", "training.epochs=2");
        await submit.Succeeds();
        silo.Signal("TERM");
        Assert.Equal(0, await silo.Exit());
        return silo.Output + silo.Errors + submit.Output + submit.Errors;
    }

    private string File(string name) => Path.Combine(_folder, name);

    private void Certificates()
    {
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=issuer of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        using var issuer = request.CreateSelfSigned(from, until);

        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=redis of a test", own, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        using var certificate = server.Create(issuer, from, until, [1, 2, 3, 4]);
        System.IO.File.WriteAllText(File("ca.pem"), issuer.ExportCertificatePem());
        System.IO.File.WriteAllText(File("server.pem"), certificate.ExportCertificatePem());
        System.IO.File.WriteAllText(File("server.key"), own.ExportPkcs8PrivateKeyPem());
    }
}
