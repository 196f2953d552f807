using System.Collections.Concurrent;
using Granary.Contracts;
using Granary.Grains.Checkpoints;

namespace Granary.Extensions.Tests.Stores;

/// <summary>Parts of checkpoints in this process, which outlives its silos, as a bucket of objects would.</summary>
internal sealed class Bucket
{
    /// <summary>The parts that are there.</summary>
    public ConcurrentDictionary<(CheckpointId Checkpoint, int Part), byte[]> Parts { get; } = new();

    /// <summary>The parts that were opened, by whoever it was.</summary>
    public ConcurrentQueue<(CheckpointId Checkpoint, int Part)> Opened { get; } = new();
}

/// <summary>A checkpoint store without files: every silo of the cluster is given the same bucket.</summary>
internal sealed class MemoryCheckpoints(Bucket bucket) : ICheckpointStore
{
    public string Name => "memory";

    public void Write(CheckpointId checkpoint, int part, Action<Stream> content)
    {
        using var whole = new MemoryStream();
        content(whole);
        bucket.Parts[(checkpoint, part)] = whole.ToArray();
    }

    public Stream Open(CheckpointId checkpoint, int part)
    {
        bucket.Opened.Enqueue((checkpoint, part));
        return bucket.Parts.TryGetValue((checkpoint, part), out var bytes)
            ? new MemoryStream(bytes, writable: false)
            : throw new IOException($"the bucket has no part {part} of {checkpoint}");
    }

    public IReadOnlyCollection<CheckpointId> List(string job) => [.. bucket.Parts.Keys.Select(p => p.Checkpoint).Where(c => c.Job == job).Distinct()];

    public void Remove(CheckpointId checkpoint)
    {
        foreach (var part in bucket.Parts.Keys.Where(p => p.Checkpoint == checkpoint))
        {
            bucket.Parts.TryRemove(part, out _);
        }
    }
}
