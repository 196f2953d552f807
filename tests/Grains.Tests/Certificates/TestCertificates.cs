using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Granary.Contracts.Certificates;

namespace Granary.Grains.Tests;

/// <summary>A CA in a folder of its own, which has been there for a year, and what it makes.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly TimeSpan Life = TimeSpan.FromDays(90);

    public TestCertificates() => new CertificateStore(Folder, new Earlier(Year)).Init(10 * Year);

    public string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("granary-test-").FullName, "certs");

    public CertificateStore Store => new(Folder);

    /// <summary>Makes a certificate; returns its folder.</summary>
    public string Issue(string name, bool client = false) => Store.Issue(new CertificateNames(name, [IPAddress.Loopback], ["localhost"], client), Life);

    /// <summary>Makes one that was good for a day, long ago.</summary>
    public string Outdated(string name) =>
        new CertificateStore(Folder, new Earlier(Year / 2)).Issue(new CertificateNames(name, [IPAddress.Loopback], ["localhost"]), TimeSpan.FromDays(1));

    public ClusterCertificates Open(string folder) => ClusterCertificates.Open(folder);

    /// <summary>Does a handshake as whoever has this folder, true or false; says what came back of it: nothing, where it was refused.</summary>
    /// <param name="port">The port.</param>
    /// <param name="folder">A certificate's; null: none is shown.</param>
    /// <param name="said">What is said once the handshake is done.</param>
    public static async Task<byte[]> Heard(IPEndPoint port, string? folder, byte[] said)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(port);
        await using var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    ClientCertificateContext = folder is null ? null : SslStreamCertificateContext.Create(Read(folder), null, offline: true),
                },
                time.Token);
            await tls.WriteAsync(said, time.Token);
            return await All(tls, time.Token);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return [];
        }
    }

    /// <summary>Says something in plain text, and reads what comes back.</summary>
    public static async Task<byte[]> HeardInPlainText(IPEndPoint port, byte[] said)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(port);
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        try
        {
            await socket.GetStream().WriteAsync(said, time.Token);
            return await All(socket.GetStream(), time.Token);
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static async Task<byte[]> All(Stream stream, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, cancellation);
        return all.ToArray();
    }

    private static X509Certificate2 Read(string folder)
    {
        var file = Path.Combine(folder, "silo.pem");
        return File.Exists(file)
            ? X509Certificate2.CreateFromPemFile(file, Path.Combine(folder, "silo.key"))
            : X509Certificate2.CreateFromPemFile(Path.Combine(folder, "client.pem"), Path.Combine(folder, "client.key"));
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);

    private sealed class Earlier(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }
}
