using System.Collections.Concurrent;
using Orleans.Storage;

namespace Granary.Extensions.Tests;

/// <summary>Grain state in this process, which outlives the silos, with the compare-and-swap of every real store.</summary>
internal sealed class MemoryStore
{
    private readonly ConcurrentDictionary<string, (string Tag, BinaryData Data)> _records = new();

    public IGrainStorage With(IGrainStorageSerializer serializer) => new Storage(this, serializer);

    private sealed class Storage(MemoryStore store, IGrainStorageSerializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (store._records.TryGetValue($"{stateName}/{grainId}", out var record))
            {
                (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(record.Data), record.Tag, true);
            }

            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var (key, next) = ($"{stateName}/{grainId}", (Guid.NewGuid().ToString(), serializer.Serialize(grainState.State)));
            var written = grainState.ETag is null
                ? store._records.TryAdd(key, next)
                : store._records.TryGetValue(key, out var record) && record.Tag == grainState.ETag && store._records.TryUpdate(key, next, record);
            if (!written)
            {
                throw new InconsistentStateException("another activation has written", "another", grainState.ETag);
            }

            (grainState.ETag, grainState.RecordExists) = (next.Item1, true);
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            store._records.TryRemove($"{stateName}/{grainId}", out _);
            return Task.CompletedTask;
        }
    }
}
