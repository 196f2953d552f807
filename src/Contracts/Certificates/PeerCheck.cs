using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Granary.Contracts.Certificates;

/// <summary>Who may be at the other end of a connection.</summary>
public enum PeerRole
{
    /// <summary>A silo: its certificate is for calling and being called.</summary>
    Silo,

    /// <summary>A silo or a client with a certificate of the cluster.</summary>
    Member,

    /// <summary>Anybody: no certificate is asked for.</summary>
    Anybody,
}

/// <summary>Judges the certificate of one handshake's peer, and keeps why it was refused. Names are not compared with addresses: those of
/// pods change, and a cluster's CA makes certificates for that cluster alone.</summary>
/// <param name="role">Who it may be.</param>
public sealed class PeerCheck(PeerRole role)
{
    private const int LongestName = 80;

    /// <summary>Why the peer's certificate was refused; null: it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether a certificate is asked for.</summary>
    internal bool Demands => role != PeerRole.Anybody;

    /// <summary>Judges; as <see cref="RemoteCertificateValidationCallback"/>.</summary>
    internal bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = Reason(certificate as X509Certificate2, chain, errors);
        return Refusal is null;
    }

    private string? Reason(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            return Demands ? "it showed no certificate" : null;
        }

        var its = $"its certificate, of '{Shown(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false))}',";
        if ((errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None)
        {
            return role == PeerRole.Silo && !(CertificateUse.IsFor(certificate, CertificateUse.Server) && CertificateUse.IsFor(certificate, CertificateUse.Client))
                ? $"{its} is a client's, and not a silo's"
                : null;
        }

        var found = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, (all, s) => all | s.Status);
        return Has(found, X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)
                ? $"{its} is of a CA that is not trusted here ('{Shown(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true))}')"
            : Has(found, X509ChainStatusFlags.NotTimeValid)
                ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{its} is good from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC alone")
            : Has(found, X509ChainStatusFlags.NotValidForUsage)
                ? $"{its} is not for this use"
            : $"{its} cannot be trusted ({found})";
    }

    private static bool Has(X509ChainStatusFlags found, X509ChainStatusFlags any) => (found & any) != X509ChainStatusFlags.NoError;

    // Text of an unknown peer goes into a log: one short line of it.
    private static string Shown(string text) => string.Concat(text.Take(LongestName).Select(c => char.IsControl(c) ? ' ' : c));
}
