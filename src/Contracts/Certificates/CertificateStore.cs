using System.Security.Cryptography;

namespace Granary.Contracts.Certificates;

/// <summary>
/// The folder of a cluster's CA: ca.pem (the CAs that are trusted, the newest first), ca.key (the newest one's key), and a folder for
/// each certificate, which is what a silo or a client is given as it is. Nothing that is there is replaced but by <see cref="Rotate"/>,
/// <see cref="RotateAuthority"/> and <see cref="DropOldAuthorities"/>.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="time">The clock; the system's if left out.</param>
public sealed class CertificateStore(string folder, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    private string AuthorityFile => Path.Combine(folder, CertificateFiles.Authority);

    private string KeyFile => Path.Combine(folder, CertificateFiles.AuthorityKey);

    /// <summary>Makes the CA.</summary>
    /// <param name="life">How long it is good.</param>
    /// <exception cref="CertificateException">There is one already, or the folder cannot be written.</exception>
    public void Init(TimeSpan life) => Writing(() =>
    {
        if (new[] { AuthorityFile, KeyFile }.FirstOrDefault(File.Exists) is { } there)
        {
            throw new CertificateException($"{there}: there is a CA already, and a new one would make the certificates of the old one worthless. "
                + "For a change without a stop: granary certs rotate --ca. For another cluster: another --folder.");
        }

        PrivateFile.MakeFolder(folder);
        using var authority = CertificateAuthority.Create(_time.GetUtcNow(), life);
        PrivateFile.Write(KeyFile, authority.KeyPem);
        WholeFile.Write(AuthorityFile, authority.CertificatePem + "\n");
    });

    /// <summary>Makes a certificate and the folder to be given to its silo or client.</summary>
    /// <param name="names">Whom it is for.</param>
    /// <param name="life">How long it is good.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="CertificateException">There is one of this name, or a name or the CA cannot be used.</exception>
    public string Issue(CertificateNames names, TimeSpan life)
    {
        ArgumentNullException.ThrowIfNull(names);
        names.Check();
        var own = Path.Combine(folder, names.Name);
        Writing(() =>
        {
            using var authority = OpenAuthority();
            if (Path.Exists(own))
            {
                throw new CertificateException($"{own}: there is one of this name. A new certificate for the same names: granary certs rotate --name {names.Name}");
            }

            PrivateFile.MakeFolder(own);
            Write(authority, own, names, life);
        });
        return own;
    }

    /// <summary>Makes a new certificate, with a new key, for the names of one that is there, in its place.</summary>
    /// <param name="name">The name.</param>
    /// <param name="life">How long it is good.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="CertificateException">There is none of this name, or the CA cannot be used.</exception>
    public string Rotate(string name, TimeSpan life)
    {
        var own = Path.Combine(folder, name);
        var file = CertificateIn(own) ?? throw new CertificateException(
            $"{folder}: no certificate of the name '{name}' has been issued. Those that have: {(Names() is { Count: > 0 } names ? string.Join(", ", names) : "none")}.");
        Writing(() =>
        {
            using var authority = OpenAuthority();
            Write(authority, own, CertificateEntry.In(file)[0].Names, life);
        });
        return own;
    }

    /// <summary>Makes a new CA beside the old one: both are trusted from now on, and new certificates are the new one's.</summary>
    /// <param name="life">How long it is good.</param>
    /// <exception cref="CertificateException">There is no CA here.</exception>
    public void RotateAuthority(TimeSpan life) => Writing(() =>
    {
        using (OpenAuthority())
        {
        }

        using var next = CertificateAuthority.Create(_time.GetUtcNow(), life);
        Trust($"{next.CertificatePem}\n{CertificateFiles.Text(AuthorityFile)}"); // first: whoever has the old key still finds its certificate
        PrivateFile.Write(KeyFile, next.KeyPem);
    });

    /// <summary>Trusts the newest CA alone.</summary>
    /// <exception cref="CertificateException">A certificate of an older one is still in use.</exception>
    public void DropOldAuthorities() => Writing(() =>
    {
        using var authority = OpenAuthority();
        if (Names().FirstOrDefault(n => CertificateEntry.In(CertificateIn(Path.Combine(folder, n))!)[0].Issuer != authority.Name) is { } old)
        {
            throw new CertificateException($"{Path.Combine(folder, old)}: this certificate is still an older CA's, and would not be trusted any more. First: granary certs rotate --all, and give the new ones to their silos.");
        }

        Trust(authority.CertificatePem + "\n");
    });

    /// <summary>Names of the certificates that have been issued.</summary>
    public IReadOnlyList<string> Names() => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateDirectories(folder).Where(d => CertificateIn(d) is not null).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    /// <summary>The CAs, the newest first, and then every certificate.</summary>
    /// <exception cref="CertificateException">There is no CA here, or a file cannot be read.</exception>
    public IReadOnlyList<CertificateEntry> List() => File.Exists(AuthorityFile)
        ? [.. CertificateEntry.In(AuthorityFile), .. Names().Select(n => CertificateEntry.In(CertificateIn(Path.Combine(folder, n))!)[0])]
        : throw NoAuthority();

    private void Write(CertificateAuthority authority, string own, CertificateNames names, TimeSpan life)
    {
        var (certificate, key) = authority.Issue(names, _time.GetUtcNow(), life);
        var (certificateFile, keyFile) = names.IsClient
            ? (CertificateFiles.ClientCertificate, CertificateFiles.ClientKey)
            : (CertificateFiles.SiloCertificate, CertificateFiles.SiloKey);
        WholeFile.Write(Path.Combine(own, CertificateFiles.Authority), CertificateFiles.Text(AuthorityFile));
        PrivateFile.Write(Path.Combine(own, keyFile), key + "\n");
        WholeFile.Write(Path.Combine(own, certificateFile), certificate + "\n");
    }

    // What is trusted, here and in the folders that are given away.
    private void Trust(string authorities)
    {
        WholeFile.Write(AuthorityFile, authorities);
        foreach (var name in Names())
        {
            WholeFile.Write(Path.Combine(folder, name, CertificateFiles.Authority), authorities);
        }
    }

    private static string? CertificateIn(string own) =>
        new[] { CertificateFiles.SiloCertificate, CertificateFiles.ClientCertificate }.Select(f => Path.Combine(own, f)).FirstOrDefault(File.Exists);

    // The certificate to the key: a change of CA that was cut off has left an older one's key.
    private CertificateAuthority OpenAuthority()
    {
        if (!File.Exists(AuthorityFile) || !File.Exists(KeyFile))
        {
            throw NoAuthority();
        }

        var key = CertificateFiles.Text(KeyFile);
        var all = CertificateEntry.Parse(AuthorityFile, CertificateFiles.Text(AuthorityFile));
        foreach (var certificate in all)
        {
            try
            {
                var found = CertificateAuthority.FromPem(certificate.ExportCertificatePem(), key);
                return found.Expires > _time.GetUtcNow() ? found : throw new CertificateException(
                    $"{AuthorityFile}: the CA has expired, on {found.Expires:yyyy-MM-dd}. Make a new one: granary certs init --folder NEW, and certificates for every silo.");
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                // Another one's key.
            }
        }

        throw new CertificateException($"{KeyFile}: this is the key of no certificate in {AuthorityFile}. Put the right one back, or begin anew with granary certs init in another folder.");
    }

    private CertificateException NoAuthority() => new(
        $"{folder}: there is no CA here ({CertificateFiles.Authority} and {CertificateFiles.AuthorityKey}). Make one with granary certs init, or name its folder as --folder.");

    private static void Writing(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is JobException || FileTrouble.Is(e))
        {
            throw new CertificateException(e is JobException ? e.Message : $"the certificates cannot be written: {e.Message}");
        }
    }
}
