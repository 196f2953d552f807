using System.Security.Authentication;

namespace Granary.Contracts.Certificates;

/// <summary>Why a handshake came to nothing, in words.</summary>
public static class HandshakeFailure
{
    /// <summary>What a TLS handshake begins with.</summary>
    public const byte FirstByte = 0x16;

    /// <summary>What is said of whoever begins TLS where there is none.</summary>
    public const string TlsOnPlainPort = "it began a TLS handshake, and this silo has no certificates (--certs)";

    /// <summary>What is said of whoever speaks plain text where TLS is demanded.</summary>
    public const string PlainTextOnTlsPort = "it spoke plain text, and this port demands TLS with a certificate of the cluster's CA";

    /// <summary>Why.</summary>
    /// <param name="error">What ended it.</param>
    /// <param name="check">What was found out about the peer's certificate.</param>
    /// <param name="firstByte">The first byte that the peer sent; -1: none.</param>
    public static string Of(Exception error, PeerCheck check, int firstByte)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(check);
        return check.Refusal is { } refusal ? refusal
            : firstByte is not (-1 or FirstByte) ? PlainTextOnTlsPort
            : error is OperationCanceledException or ObjectDisposedException ? firstByte == -1 ? "it said nothing" : "its TLS handshake did not come to an end"
            : error is AuthenticationException ? $"the TLS handshake failed ({Innermost(error)})"
            : $"the connection broke during the TLS handshake ({Innermost(error)})";
    }

    // OpenSSL says what it was, the errors around it that there was one.
    private static string Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }
}
