namespace Granary.Contracts.Certificates;

/// <summary>What stands in the folder that a silo or a client is given: its own certificate, the key to it, and the CAs that it trusts.</summary>
/// <param name="Certificate">Text of its certificate, and of those between it and a CA.</param>
/// <param name="Key">Text of the key.</param>
/// <param name="Authorities">Text of the certificates of the CAs.</param>
/// <param name="CertificateFile">Where the certificate stands.</param>
/// <param name="KeyFile">Where the key stands.</param>
/// <param name="AuthoritiesFile">Where the CAs stand.</param>
internal sealed record CertificateFiles(string Certificate, string Key, string Authorities, string CertificateFile, string KeyFile, string AuthoritiesFile)
{
    /// <summary>Names in the folder of a silo, as granary certs issue writes them.</summary>
    public const string SiloCertificate = "silo.pem", SiloKey = "silo.key";

    /// <summary>Names in the folder of a client.</summary>
    public const string ClientCertificate = "client.pem", ClientKey = "client.key";

    /// <summary>The CAs, and the key of the newest of them in the CA's own folder.</summary>
    public const string Authority = "ca.pem", AuthorityKey = "ca.key";

    private static readonly (string Certificate, string Key, string Authorities)[] Sets =
    [
        (SiloCertificate, SiloKey, Authority),
        (ClientCertificate, ClientKey, Authority),
        ("tls.crt", "tls.key", "ca.crt"), // as in a secret of Kubernetes, and as cert-manager writes them
    ];

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CertificateException">Something is missing, or cannot be read.</exception>
    public static CertificateFiles Read(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new CertificateException($"{folder}: there is no such folder with certificates (--certs, GRANARY_CERTS). Make one with: granary certs init, then granary certs issue --name NAME");
        }

        var (certificate, key, authorities) = Array.Find(Sets, s => File.Exists(Path.Combine(folder, s.Certificate)));
        if (certificate is null)
        {
            throw new CertificateException(
                $"{folder}: there is no certificate in it. It needs {SiloCertificate}, {SiloKey} and {Authority} (granary certs issue writes them), or tls.crt, tls.key and ca.crt.");
        }

        var (c, k, a) = (Path.Combine(folder, certificate), Path.Combine(folder, key), Path.Combine(folder, authorities));
        return new CertificateFiles(Text(c), Text(k), Text(a), c, k, a);
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="CertificateException">It cannot be read.</exception>
    public static string Text(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CertificateException($"{file}: there is no such file. A certificate needs its key and the CA's certificate beside it, as granary certs issue writes them.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{file}: it cannot be read ({FileTrouble.Reason(e)}).");
        }
    }
}
