using System.Collections.Concurrent;
using Granary.Model.Data;

namespace Granary.Grains.Compute;

/// <summary>Where shard grains hand their examples to the compute threads of their own silo, once per generation, so that
/// no grain call stands on the path of a step; and where examples wait that were read ahead of a generation.</summary>
public sealed class ShardRegistry
{
    private readonly ConcurrentDictionary<(string JobId, int Shard), Examples> _examples = new();
    private readonly ConcurrentDictionary<(string JobId, int Shard), Task<Examples>> _preloaded = new();

    /// <summary>A shard grain's examples are ready here.</summary>
    public void Add(string jobId, int shard, Examples examples) => _examples[(jobId, shard)] = examples;

    /// <summary>They are here no more.</summary>
    public void Remove(string jobId, int shard) => _examples.TryRemove((jobId, shard), out _);

    /// <summary>The examples of a shard that lives in this silo, to be used and disposed of by the caller.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public Examples Lease(string jobId, int shard) => _examples.TryGetValue((jobId, shard), out var examples)
        ? examples.Lease()
        : throw new InvalidOperationException($"Shard {shard} of job {jobId} is not in this silo.");

    /// <summary>Reads a shard that does not live here yet.</summary>
    public Task Preload(string jobId, int shard, Func<Task<Examples>> read) => _preloaded.GetOrAdd((jobId, shard), _ => read());

    /// <summary>What was read ahead, once; null when nothing was.</summary>
    public async Task<Examples?> TakePreloaded(string jobId, int shard) =>
        _preloaded.TryRemove((jobId, shard), out var reading) ? await reading : null;

    /// <summary>What was read ahead for a job is not needed any more.</summary>
    public void Forget(string jobId)
    {
        foreach (var key in _preloaded.Keys.Where(k => k.JobId == jobId))
        {
            if (_preloaded.TryRemove(key, out var reading))
            {
                _ = reading.ContinueWith(r => r.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
            }
        }
    }
}
