using Granary.Contracts;
using Granary.Grains.Channel;
using Granary.Grains.Exchange;

namespace Granary.Grains.ModelState;

/// <summary>Moves weights and optimiser state of one version to the members that need them, before a generation's first step.</summary>
/// <param name="layout">Who owns what from now on.</param>
/// <param name="self">This member's place.</param>
/// <param name="generation">The new generation.</param>
/// <param name="mesh">Its connections.</param>
/// <param name="held">What this silo held before: newest store last.</param>
internal sealed unsafe class StateTransfer<T>(
    ExchangeLayout layout, int self, long generation, PeerMesh mesh, IReadOnlyList<VersionStore<T>> held) : IFrameSink
    where T : unmanaged
{
    private readonly HashSet<(int Peer, FrameKind Kind, int Vector, int Block)> _missing = [];
    private readonly Dictionary<int, int> _left = []; // blocks that are missing, by peer
    private volatile int[] _waitingFor = [];
    private ModelVersion<T> _to = null!;

    /// <summary>Copies what this member has itself, and makes what it has to give ready.</summary>
    /// <param name="restore">The transfers, of which those are carried out that concern this member.</param>
    /// <param name="to">Receives the version.</param>
    public void Begin(RestoreSource restore, ModelVersion<T> to)
    {
        _to = to;
        to.Step = restore.Step;
        foreach (var transfer in restore.Transfers.Where(t => t.From == self || t.To == self))
        {
            for (var block = transfer.Blocks.First; block < transfer.Blocks.End; block++)
            {
                for (var vector = 0; vector < (transfer.State ? to.Own.PerWeight : 1); vector++)
                {
                    Move(transfer, restore.Step, vector, block);
                }
            }
        }

        _waitingFor = [.. _left.Keys];
    }

    /// <summary>Gives, and takes in what comes.</summary>
    /// <exception cref="ChannelException">A peer is lost.</exception>
    public void Finish(CancellationToken cancellation)
    {
        mesh.Drive(this, cancellation);
        _to.HasWeights = _to.HasState = true;
    }

    /// <summary>Ranks of the members that it misses blocks of.</summary>
    public IReadOnlyList<int> WaitingFor() => _waitingFor;

    private void Move(Transfer transfer, long step, int vector, int block)
    {
        var kind = transfer.State ? FrameKind.State : FrameKind.Weights;
        if (transfer.From != self)
        {
            _missing.Add((transfer.From, kind, vector, block));
            _left[transfer.From] = _left.GetValueOrDefault(transfer.From) + 1;
            return;
        }

        var source = transfer.State ? State(step, vector, block) : Weights(step) + layout.Blocks.Start(block);
        var bytes = layout.Blocks.Length(block) * sizeof(T);
        if (transfer.To == self)
        {
            Buffer.MemoryCopy(source, transfer.State ? _to.Own.At(vector, block) : (T*)_to.Weights.Data + layout.Blocks.Start(block), bytes, bytes);
            return;
        }

        var header = new FrameHeader { Kind = kind, Generation = generation, Step = step, Block = block, Part = vector, Length = bytes };
        mesh.Links.Single(l => l.Peer == transfer.To).Enqueue(header, source);
    }

    private T* Weights(long step) => (T*)(held.Select(v => v.Find(step)).FirstOrDefault(v => v is { HasWeights: true })
        ?? throw NotHeld($"the weights after step {step}")).Weights.Data;

    private T* State(long step, int vector, int block)
    {
        foreach (var version in held.Select(v => v.Find(step)).OfType<ModelVersion<T>>())
        {
            if (version.HasState && Holds(version.Own, block))
            {
                return version.Own.At(vector, block);
            }

            if (version.Replica is { } replica && Holds(replica, block))
            {
                return replica.At(vector, block);
            }
        }

        throw NotHeld($"the optimiser state of block {block} after step {step}");
    }

    private static bool Holds(StateSlice<T> slice, int block) => block >= slice.Blocks.First && block < slice.Blocks.End;

    private InvalidOperationException NotHeld(string what) => new($"Member {self} was to give {what}, but does not hold it.");

    /// <inheritdoc/>
    public bool IsDone => _missing.Count == 0 && !mesh.HasOutgoing;

    /// <inheritdoc/>
    public nint Place(int peer, in FrameHeader header) =>
        header.Kind == FrameKind.Evaluations && header.Generation == generation ? 0 // the peer is ready, and ahead
        : header.Generation == generation && header.Step == _to.Step && _missing.Contains((peer, header.Kind, header.Part, header.Block))
        && header.Length == layout.Blocks.Length(header.Block) * sizeof(T)
            ? header.Kind == FrameKind.State
                ? (nint)_to.Own.At(header.Part, header.Block)
                : (nint)((T*)_to.Weights.Data + layout.Blocks.Start(header.Block))
            : throw new ChannelException(peer, $"it gave a block that this member did not expect ({header.Kind}, block {header.Block}, {header.Length} bytes)");

    /// <inheritdoc/>
    public void Arrived(int peer, in FrameHeader header)
    {
        _missing.Remove((peer, header.Kind, header.Part, header.Block));
        if (--_left[peer] == 0)
        {
            _left.Remove(peer);
            _waitingFor = [.. _left.Keys];
        }
    }
}
