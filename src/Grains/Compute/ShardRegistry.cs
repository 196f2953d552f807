using System.Collections.Concurrent;
using Granary.Model.Data;

namespace Granary.Grains.Compute;

/// <summary>Where shard grains hand their examples to the compute threads of their own silo, once per generation, so that
/// no grain call stands on the path of a step.</summary>
public sealed class ShardRegistry
{
    private readonly ConcurrentDictionary<(string JobId, int Shard), Examples> _examples = new();

    /// <summary>A shard grain's examples are ready here.</summary>
    public void Add(string jobId, int shard, Examples examples) => _examples[(jobId, shard)] = examples;

    /// <summary>They are here no more.</summary>
    public void Remove(string jobId, int shard) => _examples.TryRemove((jobId, shard), out _);

    /// <summary>The examples of a shard that lives in this silo.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    public Examples Get(string jobId, int shard) => _examples.TryGetValue((jobId, shard), out var examples)
        ? examples
        : throw new InvalidOperationException($"Shard {shard} of job {jobId} is not in this silo.");
}
