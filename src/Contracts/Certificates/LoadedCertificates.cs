using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Contracts.Certificates;

/// <summary>A certificate with its key, ready for handshakes, and the CAs that it goes with.</summary>
internal sealed class LoadedCertificates
{
    private readonly X509Certificate2Collection _authorities;

    private LoadedCertificates(X509Certificate2 own, X509Certificate2Collection between, X509Certificate2Collection authorities)
    {
        _authorities = authorities;
        Name = own.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        Expires = new DateTimeOffset(own.NotAfter);
        IsSilo = CertificateUse.IsFor(own, CertificateUse.Server) && CertificateUse.IsFor(own, CertificateUse.Client);
        Context = SslStreamCertificateContext.Create(own, between, offline: true);
    }

    /// <summary>Whom the certificate is for.</summary>
    public string Name { get; }

    /// <summary>Until when it is good.</summary>
    public DateTimeOffset Expires { get; }

    /// <summary>Whether it is for calling and being called, as a silo's must be.</summary>
    public bool IsSilo { get; }

    /// <summary>The certificate for handshakes.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>How a peer's certificate is judged: by these CAs alone. Nothing is fetched from anywhere.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    /// <summary>Makes them of what files hold.</summary>
    /// <param name="files">What they hold.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="CertificateException">They are none, do not belong together, or are not good any more.</exception>
    public static LoadedCertificates Of(CertificateFiles files, DateTimeOffset now)
    {
        var authorities = CertificateEntry.Parse(files.AuthoritiesFile, files.Authorities);
        var between = CertificateEntry.Parse(files.CertificateFile, files.Certificate);
        between.RemoveAt(0); // the certificate itself
        var own = WithKey(files);
        var loaded = new LoadedCertificates(own, between, authorities);
        if (loaded.Expires <= now)
        {
            throw new CertificateException($"{files.CertificateFile}: this certificate, of '{loaded.Name}', expired on {loaded.Expires:yyyy-MM-dd}. A new one: granary certs rotate --name {loaded.Name}");
        }

        using var chain = new X509Chain { ChainPolicy = loaded.Policy() };
        chain.ChainPolicy.ExtraStore.AddRange(between);
        chain.ChainPolicy.VerificationTime = now.LocalDateTime;
        if (!chain.Build(own))
        {
            throw new CertificateException(
                $"{files.CertificateFile}: this certificate, of '{loaded.Name}', is of none of the CAs in {files.AuthoritiesFile} ({string.Join(", ", chain.ChainStatus.Select(s => s.Status))}). "
                + "Certificate and CA must come from the same granary certs folder.");
        }

        return loaded;
    }

    private static X509Certificate2 WithKey(CertificateFiles files)
    {
        try
        {
            var own = X509Certificate2.CreateFromPem(files.Certificate, files.Key);
            // Windows' handshakes take no key that was never stored.
            return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null) : own;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{files.KeyFile}: this is not the key to {files.CertificateFile} ({e.Message.Split('.')[0]}). Both must come from one granary certs issue or rotate.");
        }
    }
}
