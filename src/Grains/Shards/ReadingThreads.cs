namespace Granary.Grains.Shards;

/// <summary>Reads data on threads of its own, at most as many at once as the silo has compute threads: neither the Orleans
/// scheduler nor the thread pool waits for a disk.</summary>
internal sealed class ReadingThreads(SiloIdentity silo)
{
    private readonly SemaphoreSlim _room = new(silo.Threads);

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
}
