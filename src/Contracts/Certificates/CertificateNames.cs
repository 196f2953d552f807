using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Granary.Contracts.Certificates;

/// <summary>Whom a certificate is for.</summary>
/// <param name="Name">The silo's or the client's name; also its first DNS name.</param>
/// <param name="Addresses">IP addresses at which a silo is called.</param>
/// <param name="Dns">Further DNS names at which a silo is called.</param>
/// <param name="IsClient">Whether it may only call silos, and not be one.</param>
public sealed partial record CertificateNames(string Name, IReadOnlyList<IPAddress> Addresses, IReadOnlyList<string> Dns, bool IsClient = false)
{
    private const int LongestName = 64; // of a common name, by X.509
    private const int LongestDns = 253;

    /// <summary>Refuses what cannot stand in a certificate.</summary>
    /// <exception cref="CertificateException">The first name that cannot.</exception>
    public void Check()
    {
        if (Name.Length > LongestName || !PlainName().IsMatch(Name))
        {
            throw new CertificateException($"'{Name}' cannot be a certificate's name: use letters, digits, dots and dashes, {LongestName} at the most, as in silo-0.");
        }

        if (Dns.FirstOrDefault(d => d.Length > LongestDns || !DnsName().IsMatch(d)) is { } wrong)
        {
            throw new CertificateException($"'{wrong}' is no DNS name: use names such as silo-0.silo, or *.silo for all that are below silo.");
        }
    }

    /// <summary>The names of a certificate that is there.</summary>
    /// <param name="certificate">The certificate.</param>
    public static CertificateNames Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var others = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return new CertificateNames(
            name,
            [.. others?.EnumerateIPAddresses() ?? []],
            [.. (others?.EnumerateDnsNames() ?? []).Where(d => d != name)],
            !CertificateUse.IsFor(certificate, CertificateUse.Server));
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_-]{1,63})*$")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"^(\*\.)?[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(\.[A-Za-z0-9_-]{1,63})*$")]
    private static partial Regex DnsName();
}
