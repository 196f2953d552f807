using System.Security.Cryptography.X509Certificates;

namespace Granary.Contracts.Certificates;

/// <summary>What certificates are for (extended key usage, RFC 5280).</summary>
internal static class CertificateUse
{
    /// <summary>Being called: silos.</summary>
    public const string Server = "1.3.6.1.5.5.7.3.1";

    /// <summary>Calling: silos and clients.</summary>
    public const string Client = "1.3.6.1.5.5.7.3.2";

    /// <summary>Whether a certificate says that it is for something; one that says nothing is for all.</summary>
    public static bool IsFor(X509Certificate2 certificate, string use) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { } said
        || said.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Any(o => o.Value == use);
}
