using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Granary.Contracts.Certificates;

namespace Granary.Grains.Tests;

/// <summary>A CA and its certificates, in files.</summary>
public sealed class CertificateStoreTests : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(30);

    private readonly TestCertificates _certificates = new();

    private CertificateStore Store => _certificates.Store;

    public void Dispose() => _certificates.Dispose();

    private static X509Certificate2 Read(string folder) => X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "silo.pem"));

    [Fact]
    public void A_silos_certificate_has_its_names_and_both_uses_and_the_CA_has_signed_it()
    {
        var folder = Store.Issue(new CertificateNames("silo-0", [IPAddress.Parse("10.0.0.5"), IPAddress.IPv6Loopback], ["silo-0.silo", "*.granary"]), Life);
        using var certificate = Read(folder);
        Assert.All(["silo-0", "silo-0.silo", "any.granary"], name => Assert.True(certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false), name));
        Assert.True(certificate.MatchesHostname("10.0.0.5"));
        Assert.False(certificate.MatchesHostname("10.0.0.6"));
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Select(o => o.Value!).Order());
        Assert.Equal("ECDSA_P256", certificate.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.FriendlyName);
        Assert.InRange(certificate.NotAfter - DateTime.Now, Life - TimeSpan.FromMinutes(2), Life);
    }

    [Fact]
    public void OpenSSL_finds_them_good_for_what_they_are_for_and_for_nothing_else()
    {
        var (silo, client) = (_certificates.Issue("silo"), _certificates.Issue("laptop", client: true));
        Assert.Equal(0, OpenSsl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", $"{silo}/ca.pem", $"{silo}/silo.pem"));
        Assert.Equal(0, OpenSsl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", $"{silo}/ca.pem", $"{silo}/silo.pem"));
        Assert.Equal(0, OpenSsl("verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", $"{client}/ca.pem", $"{client}/client.pem"));
        Assert.NotEqual(0, OpenSsl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", $"{client}/ca.pem", $"{client}/client.pem"));
        using var other = new TestCertificates();
        Assert.NotEqual(0, OpenSsl("verify", "-CAfile", $"{other.Folder}/ca.pem", $"{silo}/silo.pem"));
        Assert.NotEqual(0, OpenSsl("verify", "-CAfile", $"{silo}/ca.pem", $"{_certificates.Outdated("old")}/silo.pem"));
    }

    private static int OpenSsl(params string[] arguments)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "openssl")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "openssl is not on the PATH");
        using var process = Process.Start(new ProcessStartInfo(program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    [Fact]
    public void Nobody_but_its_owner_may_read_a_key()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Files have no modes there.");
            return;
        }

        var folder = _certificates.Issue("silo");
        _certificates.Issue("laptop", client: true);
        Store.Rotate("silo", Life);
        var keys = Directory.GetFiles(_certificates.Folder, "*.key", SearchOption.AllDirectories);
        Assert.Equal(3, keys.Length);
        foreach (var key in keys)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        Assert.Empty(Directory.GetFiles(_certificates.Folder, "*.new", SearchOption.AllDirectories));
    }

    [Fact]
    public void Nothing_is_replaced_unasked()
    {
        _certificates.Issue("silo");
        var before = Contents();
        Assert.Contains("ca.pem: there is a CA already", Assert.Throws<CertificateException>(() => Store.Init(Life)).Message);
        Assert.Contains("granary certs rotate --name silo", Assert.Throws<CertificateException>(() => _certificates.Issue("silo")).Message);
        Assert.Equal(before, Contents());
    }

    [Theory]
    [InlineData("")]
    [InlineData("../silo")]
    [InlineData("a/b")]
    [InlineData("silo 0")]
    [InlineData(".hidden")]
    public void A_name_that_cannot_be_one_is_refused(string name)
    {
        var before = Contents();
        Assert.Contains("cannot be a certificate's name", Assert.Throws<CertificateException>(() => _certificates.Issue(name)).Message);
        Assert.Contains("is no DNS name", Assert.Throws<CertificateException>(
            () => Store.Issue(new CertificateNames("silo", [], ["http://silo"]), Life)).Message);
        Assert.Equal(before, Contents());
    }

    [Fact]
    public void Rotating_keeps_names_and_changes_key_and_number()
    {
        var folder = Store.Issue(new CertificateNames("silo-0", [IPAddress.Parse("10.0.0.5")], ["silo-0.silo"]), Life);
        using var before = Read(folder);
        Store.Rotate("silo-0", 2 * Life);
        using var after = Read(folder);
        Assert.Equal(Names(before), Names(after));
        Assert.Equal("silo-0 10.0.0.5 silo-0.silo", Names(after));
        Assert.NotEqual(before.SerialNumber, after.SerialNumber);
        Assert.NotEqual(before.GetPublicKeyString(), after.GetPublicKeyString());
        Assert.True(after.NotAfter > before.NotAfter);
        Assert.Contains("no certificate of the name 'silo-9' has been issued. Those that have: silo-0.", Assert.Throws<CertificateException>(() => Store.Rotate("silo-9", Life)).Message);
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = CertificateNames.Of(certificate);
        return $"{names.Name} {string.Join(",", names.Addresses)} {string.Join(",", names.Dns)}";
    }

    [Fact]
    public void A_new_CA_is_trusted_beside_the_old_one_until_no_certificate_is_the_old_ones()
    {
        var (one, two) = (_certificates.Issue("one"), _certificates.Issue("two"));
        var first = Store.List().Single(e => e.IsAuthority);
        Store.RotateAuthority(Life);
        var both = Store.List().Where(e => e.IsAuthority).Select(e => e.Names.Name).ToArray();
        Assert.Equal(2, both.Length);
        Assert.Equal(first.Names.Name, both[1]);
        Assert.NotNull(_certificates.Open(one)); // still of the old one, which is still trusted
        Store.Rotate("one", Life);
        Assert.Equal(both[0], Store.List().Single(e => e.Names.Name == "one").Issuer);
        Assert.NotNull(_certificates.Open(one));
        Assert.Contains("two: this certificate is still an older CA's", Assert.Throws<CertificateException>(Store.DropOldAuthorities).Message);
        Store.Rotate("two", Life);
        Store.DropOldAuthorities();
        Assert.Equal(both[0], Store.List().Single(e => e.IsAuthority).Names.Name);
        Assert.NotNull(_certificates.Open(two));
        Assert.Equal(File.ReadAllText(Path.Combine(_certificates.Folder, "ca.pem")), File.ReadAllText(Path.Combine(two, "ca.pem")));
    }

    [Fact]
    public void A_folder_that_cannot_be_used_says_which_file_and_what_to_do()
    {
        var (one, two) = (_certificates.Issue("one"), _certificates.Issue("two"));
        using var other = new TestCertificates();
        Assert.Contains("there is no such folder", Refusal(Path.Combine(one, "nothing")));
        Assert.Contains("it needs silo.pem, silo.key and ca.pem", Refusal(_certificates.Folder), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("silo.pem: this certificate, of 'old', expired on ", Refusal(_certificates.Outdated("old")));
        File.Copy(Path.Combine(two, "silo.key"), Path.Combine(one, "silo.key"), overwrite: true);
        Assert.Contains("silo.key: this is not the key to ", Refusal(one));
        File.Copy(Path.Combine(other.Folder, "ca.pem"), Path.Combine(two, "ca.pem"), overwrite: true);
        Assert.Contains("is of none of the CAs in ", Refusal(two));
        File.WriteAllText(Path.Combine(two, "ca.pem"), "rubbish");
        Assert.Contains("ca.pem: there is no certificate in it", Refusal(two));
        File.Delete(Path.Combine(two, "ca.pem"));
        Assert.Contains("ca.pem: there is no such file", Refusal(two));
    }

    [Fact]
    public void A_secret_of_Kubernetes_is_a_folder_of_links_and_other_names()
    {
        var (silo, data, mount) = (_certificates.Issue("silo"), Path.Combine(_certificates.Folder, "..", "data"), Path.Combine(_certificates.Folder, "..", "mount"));
        Directory.CreateDirectory(data);
        Directory.CreateDirectory(mount);
        foreach (var (from, to) in new[] { ("silo.pem", "tls.crt"), ("silo.key", "tls.key"), ("ca.pem", "ca.crt") })
        {
            File.Copy(Path.Combine(silo, from), Path.Combine(data, to));
            File.CreateSymbolicLink(Path.Combine(mount, to), Path.Combine(data, to));
        }

        Assert.True(_certificates.Open(mount).IsSilos);
    }

    private string Refusal(string folder) => Assert.Throws<CertificateException>(() => _certificates.Open(folder)).Message;

    private string Contents() => string.Concat(
        Directory.GetFiles(_certificates.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => f + "\n" + File.ReadAllText(f)));
}
