using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace Granary.Contracts.Certificates;

/// <summary>Logs connections that were refused: one line for an address and a reason, once a minute, however many there are.</summary>
/// <param name="logger">The log.</param>
/// <param name="port">Which port of the silo; null: connections that the silo makes.</param>
public sealed partial class RefusalLog(ILogger logger, string? port)
{
    // An address more, or a reason more, is not logged while there are so many of them.
    private const int MostKinds = 64;

    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string Host, string Reason), long> _told = [];
    private long _count;

    /// <summary>How many were refused so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>A connection was refused.</summary>
    /// <param name="from">Whose; null: a process of this host.</param>
    /// <param name="reason">Why.</param>
    public void Tell(EndPoint? from, string reason)
    {
        var count = Interlocked.Increment(ref _count);
        var key = (from is IPEndPoint ip ? ip.Address.ToString() : "", reason);
        lock (_told)
        {
            if (_told.TryGetValue(key, out var last) && Stopwatch.GetElapsedTime(last) < Again)
            {
                return;
            }

            if (_told.Count >= MostKinds)
            {
                foreach (var (old, at) in _told.ToArray())
                {
                    if (Stopwatch.GetElapsedTime(at) >= Again)
                    {
                        _told.Remove(old);
                    }
                }

                if (_told.Count >= MostKinds)
                {
                    return;
                }
            }

            _told[key] = Stopwatch.GetTimestamp();
        }

        var peer = from?.ToString() ?? "a process of this host";
        if (port is null)
        {
            LogGivenUp(logger, peer, reason, count);
        }
        else
        {
            LogRefused(logger, port, peer, reason, count);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Refused a connection to the {Port} from {Peer}: {Reason} (refused so far: {Count}; the same once a minute at most)")]
    private static partial void LogRefused(ILogger logger, string port, string peer, string reason, long count);

    [LoggerMessage(LogLevel.Warning, "Gave up a connection to {Peer}: {Reason} (given up so far: {Count}; the same once a minute at most)")]
    private static partial void LogGivenUp(ILogger logger, string peer, string reason, long count);
}
