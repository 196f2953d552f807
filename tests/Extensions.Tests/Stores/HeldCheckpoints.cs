using Granary.Contracts;
using Granary.Grains;
using Granary.Grains.Checkpoints;

namespace Granary.Extensions.Tests.Stores;

/// <summary>Says when the store of the first generation answers.</summary>
internal sealed class Gate
{
    private int _waiting;

    /// <summary>Until it is set no write of generation 1 ends.</summary>
    public ManualResetEventSlim Open { get; } = new();

    /// <summary>A silo that writes no more, for it has been killed.</summary>
    public string? Killed { get; set; }

    /// <summary>Whether a write waits.</summary>
    public bool IsWaitedFor => Volatile.Read(ref _waiting) > 0;

    public void Wait()
    {
        Interlocked.Increment(ref _waiting);
        Open.Wait();
    }
}

/// <summary>A store that takes its time with what generation 1 writes.</summary>
internal sealed class HeldCheckpoints(Bucket bucket, Gate gate, SiloIdentity silo) : ICheckpointStore
{
    private readonly MemoryCheckpoints _store = new(bucket);

    public string Name => "held";

    public void Write(CheckpointId checkpoint, int part, Action<Stream> content)
    {
        if (checkpoint.Generation == 1)
        {
            gate.Wait();
            if (silo.Name == gate.Killed)
            {
                throw new IOException("a dead silo writes nothing");
            }
        }

        _store.Write(checkpoint, part, content);
    }

    public Stream Open(CheckpointId checkpoint, int part) => _store.Open(checkpoint, part);

    public IReadOnlyCollection<CheckpointId> List(string job) => _store.List(job);

    public void Remove(CheckpointId checkpoint) => _store.Remove(checkpoint);
}
