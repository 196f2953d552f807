using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Contracts.Certificates;

/// <summary>A cluster's own authority (CA): makes certificates for its silos and clients, with keys on the curve P-256 (ECDSA). It has no
/// files: see <see cref="CertificateStore"/>.</summary>
public sealed class CertificateAuthority : IDisposable
{
    // Clocks of machines differ: what is made now is good a little earlier.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _own;

    private CertificateAuthority(X509Certificate2 own) => _own = own;

    /// <summary>Its name.</summary>
    public string Name => _own.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>Its certificate, as PEM: what the others trust.</summary>
    public string CertificatePem => _own.ExportCertificatePem();

    /// <summary>Its private key, as PEM.</summary>
    public string KeyPem => KeyOf(_own);

    /// <summary>Until when its certificate is good.</summary>
    public DateTimeOffset Expires => new(_own.NotAfter);

    /// <summary>Makes an authority with a new key.</summary>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is good.</param>
    public static CertificateAuthority Create(DateTimeOffset now, TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Two authorities of a cluster, of which one takes the other's place, must not have the same name.
        var request = new CertificateRequest(NameOf($"Granary CA {RandomNumberGenerator.GetHexString(8, lowercase: true)}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new CertificateAuthority(request.CreateSelfSigned(now - ClockDifference, now + life));
    }

    /// <summary>An authority that has been made before.</summary>
    /// <param name="certificate">Its certificate, as PEM.</param>
    /// <param name="key">Its private key, as PEM.</param>
    /// <exception cref="CryptographicException">They are none, or do not belong together.</exception>
    public static CertificateAuthority FromPem(string certificate, string key) => new(X509Certificate2.CreateFromPem(certificate, key));

    /// <summary>Makes a certificate, with a new key. A silo's is for calling and being called, a client's for calling.</summary>
    /// <param name="names">Whom it is for.</param>
    /// <param name="now">The time.</param>
    /// <param name="life">How long it is good; no longer than the authority's own.</param>
    /// <returns>The certificate and its private key, both as PEM.</returns>
    /// <exception cref="CertificateException">A name cannot stand in a certificate.</exception>
    public (string Certificate, string Key) Issue(CertificateNames names, DateTimeOffset now, TimeSpan life)
    {
        ArgumentNullException.ThrowIfNull(names);
        names.Check();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(NameOf(names.Name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Uses(names), critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_own, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(OtherNames(names));
        var (from, to) = (now - ClockDifference, now + life);
        DateTimeOffset first = new(_own.NotBefore);
        using var certificate = request.Create(_own, from > first ? from : first, to < Expires ? to : Expires, Serial());
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static X500DistinguishedName NameOf(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        return name.Build();
    }

    private static OidCollection Uses(CertificateNames names)
    {
        var uses = new OidCollection { new Oid(CertificateUse.Client) };
        if (!names.IsClient)
        {
            uses.Add(new Oid(CertificateUse.Server));
        }

        return uses;
    }

    private static X509Extension OtherNames(CertificateNames names)
    {
        var others = new SubjectAlternativeNameBuilder();
        foreach (var dns in names.Dns.Prepend(names.Name).Distinct())
        {
            others.AddDnsName(dns);
        }

        foreach (var address in names.Addresses.Distinct())
        {
            others.AddIpAddress(address);
        }

        return others.Build();
    }

    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3f) | 0x40); // positive, and of this length
        return serial;
    }

    private static string KeyOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey() ?? throw new CertificateException("the CA's key is no ECDSA key: make a new CA with granary certs init.");
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <inheritdoc/>
    public void Dispose() => _own.Dispose();
}
