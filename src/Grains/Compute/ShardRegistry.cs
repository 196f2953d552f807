using System.Collections.Concurrent;
using Granary.Model.Data;

namespace Granary.Grains.Compute;

/// <summary>The examples in this silo's memory. Shard grains put them here for the compute threads, so that no grain call stands
/// on the path of a step; they stay from one generation to the next, and may be read ahead of one.</summary>
public sealed class ShardRegistry
{
    private readonly ConcurrentDictionary<(string JobId, int Shard), Lazy<Task<Examples>>> _examples = new();

    /// <summary>Has a shard's examples read, unless they are here or on their way.</summary>
    public async Task Load(string jobId, int shard, Func<Task<Examples>> read)
    {
        var loading = _examples.GetOrAdd((jobId, shard), _ => new Lazy<Task<Examples>>(read));
        try
        {
            await loading.Value;
        }
        catch
        {
            _examples.TryRemove(KeyValuePair.Create((jobId, shard), loading)); // the next attempt may succeed
            throw;
        }
    }

    /// <summary>The examples of a shard that is here, to be used and disposed of by the caller.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public Examples Lease(string jobId, int shard) =>
        _examples.TryGetValue((jobId, shard), out var loading) && loading is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }
            ? loading.Value.Result.Lease()
            : throw new InvalidOperationException($"Shard {shard} of job {jobId} is not in this silo.");

    /// <summary>Frees a job's examples, except those of some shards. A session that still uses them has its own lease.</summary>
    public void Forget(string jobId, IReadOnlyCollection<int> but)
    {
        foreach (var key in _examples.Keys.Where(k => k.JobId == jobId && !but.Contains(k.Shard)))
        {
            if (_examples.TryRemove(key, out var loading) && loading.IsValueCreated)
            {
                _ = loading.Value.ContinueWith(r => r.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
            }
        }
    }
}
