using System.Net.Sockets;
using System.Text.RegularExpressions;
using Granary.Contracts.Certificates;
using Granary.Jobs;
using Microsoft.Data.Sqlite;
using Npgsql;
using StackExchange.Redis;

namespace Granary.Silo.Hosting;

/// <summary>What keeps a silo from starting, where its user can mend it.</summary>
internal static partial class StartFailure
{
    /// <summary>One message; null when the cause is none of the user's.</summary>
    public static string? Of(Exception? e) => e switch
    {
        null => null,
        SettingException or JobException or CertificateException => e.Message,
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "A port is taken: choose other ones with --silo-port, --gateway-port, --channel-port or --health-port (0: any free one).",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "The --address is none of this machine's.",
        _ when IsOfRedis(e) => OfRedis(ErrorLine.Of(e)),
        NpgsqlException => $"The PostgreSQL database of --postgres (GRANARY_POSTGRES) cannot be used: {ErrorLine.Of(e)}",
        SqliteException => $"The embedded store under --home cannot be used: {e.Message}",
        UnauthorizedAccessException or DirectoryNotFoundException => e.Message,
        IOException when e.InnerException is null => e.Message,
        DllNotFoundException or TypeInitializationException or NotSupportedException when IsOfTorch(e) =>
            $"torch's native library cannot be loaded: {ErrorLine.Of(e)}. It needs libgomp (Debian, Ubuntu: apt-get install libgomp1) beside its own files.",
        AggregateException { InnerExceptions: [var first, ..] } => Of(first),
        _ => Of(e.InnerException),
    };

    // Orleans' own exceptions hold the text of Redis' ones, and not them.
    private static bool IsOfRedis(Exception e) => e is RedisException || e.GetType().Name.StartsWith("Redis", StringComparison.Ordinal);

    private static string OfRedis(string error) => RefusalOfRedis().IsMatch(error)
        ? "Redis refuses the user or the password: look at --redis (GRANARY_REDIS, HOST:PORT,user=...,password=...)."
        : $"No Redis answers: {error}. Look at --redis (GRANARY_REDIS, HOST:PORT) and at the server; where that speaks TLS, ssl=true follows the address, "
            + "and SERedis_IssuerCertPath names the issuer of its certificate, if this machine does not know that.";

    [GeneratedRegex("NOAUTH|WRONGPASS|NOPERM|invalid username-password")]
    private static partial Regex RefusalOfRedis();

    private static bool IsOfTorch(Exception e) => e.ToString().Contains("torch", StringComparison.OrdinalIgnoreCase);
}
