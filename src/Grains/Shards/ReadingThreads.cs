using Granary.Grains.Faults;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Data.Cache;
using Microsoft.Extensions.Logging;

namespace Granary.Grains.Shards;

/// <summary>Reads data on threads of its own, at most as many at once as the silo has compute threads: neither the Orleans
/// scheduler nor the thread pool waits for a disk. Where fewer shards than that are being read, the others help.</summary>
internal sealed partial class ReadingThreads : IReadingHelpers
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _room;
    private readonly SiloFaults _faults;
    private readonly ILogger<ReadingThreads> _logger;

    public ReadingThreads(SiloIdentity silo, SiloFaults faults, ILogger<ReadingThreads> logger)
    {
        (_room, _faults, _logger) = (new SemaphoreSlim(silo.Threads), faults, logger);
        Means = new ReadingMeans(this, new RowCache(reason => LogCache(_logger, reason)));
    }

    /// <summary>What this silo's shards are read with.</summary>
    public ReadingMeans Means { get; }

    /// <summary>Runs a blocking function.</summary>
    public async Task<T> Run<T>(Func<T> body)
    {
        while (_faults.Now(FaultKind.HoldReading) is not null)
        {
            await Task.Delay(LookAgain);
        }

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
