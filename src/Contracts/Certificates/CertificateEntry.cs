using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Contracts.Certificates;

/// <summary>A certificate in the folder of a CA.</summary>
/// <param name="Names">Whom it is for; a CA's name alone where it is one.</param>
/// <param name="IsAuthority">Whether it is a CA's.</param>
/// <param name="Issuer">Name of the CA that made it.</param>
/// <param name="From">Since when it is good.</param>
/// <param name="Expires">Until when.</param>
/// <param name="File">Its file.</param>
public sealed record CertificateEntry(CertificateNames Names, bool IsAuthority, string Issuer, DateTimeOffset From, DateTimeOffset Expires, string File)
{
    /// <summary>Reads the certificates in a file.</summary>
    /// <param name="file">A file of PEM.</param>
    /// <exception cref="CertificateException">There is none in it.</exception>
    internal static IReadOnlyList<CertificateEntry> In(string file)
    {
        var found = Parse(file, CertificateFiles.Text(file));
        try
        {
            return [.. found.Select(c => new CertificateEntry(
                CertificateNames.Of(c),
                c.Extensions.OfType<X509BasicConstraintsExtension>().Any(b => b.CertificateAuthority),
                c.GetNameInfo(X509NameType.SimpleName, forIssuer: true),
                new DateTimeOffset(c.NotBefore),
                new DateTimeOffset(c.NotAfter),
                file))];
        }
        finally
        {
            foreach (var certificate in found)
            {
                certificate.Dispose();
            }
        }
    }

    /// <summary>The certificates of a text.</summary>
    /// <exception cref="CertificateException">There is none in it.</exception>
    internal static X509Certificate2Collection Parse(string file, string text)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException e)
        {
            throw new CertificateException($"{file}: a certificate in it cannot be read ({e.Message.TrimEnd('.')}). Write the file again, as with granary certs issue.");
        }

        return found.Count > 0 ? found : throw new CertificateException(
            $"{file}: there is no certificate in it. It must be text that begins with -----BEGIN CERTIFICATE-----, as granary certs issue writes it.");
    }
}
