using System.Collections.Concurrent;
using Orleans.Storage;

namespace Granary.Grains.Tests;

/// <summary>Grain state that several clusters share, with the compare-and-swap of every real store; it fails when it is told to.</summary>
internal sealed class SharedStorage
{
    private readonly ConcurrentDictionary<string, (string ETag, BinaryData Data)> _records = new();
    private int _refused;
    private int _writes;
    private int _failed;
    private (int First, int End) _failing;
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _answer;

    public int Refused => _refused;

    /// <summary>Writes that have failed because they were told to.</summary>
    public int Failed => _failed;

    /// <summary>All that is stored, as bytes.</summary>
    public IReadOnlyList<byte[]> Stored => [.. _records.Values.Select(r => r.Data.ToArray())];

    /// <summary>Fails some of the writes to come.</summary>
    /// <param name="first">0: the next one.</param>
    /// <param name="count">How many, one after the other.</param>
    public void Fail(int first, int count)
    {
        lock (this)
        {
            _failing = (_writes + first, _writes + first + count);
        }
    }

    /// <summary>The next record that is stored is not told of before a task has ended.</summary>
    public void HoldNextAnswer(Task until) => Volatile.Write(ref _answer, until);

    /// <summary>Ends when a record has been stored and is not told of.</summary>
    public Task AnswerHeld => _held.Task;

    public IGrainStorage With(IGrainStorageSerializer serializer) => new Storage(this, serializer);

    private sealed class Storage(SharedStorage shared, IGrainStorageSerializer serializer) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            if (shared._records.TryGetValue($"{stateName}/{grainId}", out var record))
            {
                (grainState.State, grainState.ETag, grainState.RecordExists) = (serializer.Deserialize<T>(record.Data), record.ETag, true);
            }

            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var key = $"{stateName}/{grainId}";
            var data = serializer.Serialize(grainState.State);
            var tag = Guid.NewGuid().ToString();
            lock (shared)
            {
                var write = shared._writes++;
                if (write >= shared._failing.First && write < shared._failing.End)
                {
                    shared._failed++;
                    throw new IOException("the store does not answer");
                }

                var stored = shared._records.TryGetValue(key, out var record) ? record.ETag : null;
                if (stored != grainState.ETag)
                {
                    shared._refused++;
                    throw new InconsistentStateException("another activation has written", stored, grainState.ETag);
                }

                shared._records[key] = (tag, data);
            }

            if (Interlocked.Exchange(ref shared._answer, null) is { } answer)
            {
                shared._held.SetResult();
                await answer;
            }

            (grainState.ETag, grainState.RecordExists) = (tag, true);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            shared._records.TryRemove($"{stateName}/{grainId}", out _);
            return Task.CompletedTask;
        }
    }
}
