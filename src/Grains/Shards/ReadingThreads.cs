using Granary.Model.Data;
using Granary.Model.Data.Cache;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Shards;

/// <summary>Reads data on threads of its own, at most as many at once as the silo has compute threads: neither the Orleans
/// scheduler nor the thread pool waits for a disk. Where fewer shards than that are being read, the others help.</summary>
internal sealed partial class ReadingThreads : IReadingHelpers
{
    private readonly SemaphoreSlim _room;
    private readonly ILogger<ReadingThreads> _logger;

    public ReadingThreads(SiloIdentity silo, ILogger<ReadingThreads> logger)
    {
        (_room, _logger) = (new SemaphoreSlim(silo.Threads), logger);
        Means = new ReadingMeans(this, new RowCache(reason => LogCache(_logger, reason)));
    }

    /// <summary>What this silo's shards are read with.</summary>
    public ReadingMeans Means { get; }

    /// <summary>Runs a blocking function.</summary>
    public async Task<T> Run<T>(Func<T> body)
    {
        await _room.WaitAsync();
        try
        {
            return await Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <inheritdoc/>
    public bool TryRun(Action work)
    {
        if (!_room.Wait(0))
        {
            return false;
        }

        new Thread(() =>
        {
            try
            {
                work();
            }
            finally
            {
                _room.Release();
            }
        })
        { IsBackground = true, Name = "granary reading" }.Start();
        return true;
    }

    [LoggerMessage(LogLevel.Warning, "{Reason}")]
    private static partial void LogCache(ILogger logger, string reason);
}
