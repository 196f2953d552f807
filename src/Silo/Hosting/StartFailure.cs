using System.Net.Sockets;
using Granary.Contracts.Certificates;
using Granary.Jobs;
using Microsoft.Data.Sqlite;
using StackExchange.Redis;

namespace Granary.Silo.Hosting;

/// <summary>What keeps a silo from starting, where its user can mend it.</summary>
internal static class StartFailure
{
    /// <summary>One message; null when the cause is none of the user's.</summary>
    public static string? Of(Exception? e) => e switch
    {
        null => null,
        SettingException or JobException or CertificateException => e.Message,
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => "A port is taken: choose other ones with --silo-port, --gateway-port, --channel-port or --health-port (0: any free one).",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "The --address is none of this machine's.",
        RedisConnectionException => $"No Redis answers ({e.Message.Split('.')[0]}): look at --redis (HOST:PORT) and at the server.",
        SqliteException => $"The embedded store under --home cannot be used: {e.Message}",
        UnauthorizedAccessException or DirectoryNotFoundException => e.Message,
        IOException when e.InnerException is null => e.Message,
        DllNotFoundException or TypeInitializationException or NotSupportedException when IsOfTorch(e) =>
            $"torch's native library cannot be loaded: {ErrorLine.Of(e)}. It needs libgomp (Debian, Ubuntu: apt-get install libgomp1) beside its own files.",
        AggregateException { InnerExceptions: [var first, ..] } => Of(first),
        _ => Of(e.InnerException),
    };

    private static bool IsOfTorch(Exception e) => e.ToString().Contains("torch", StringComparison.OrdinalIgnoreCase);
}
