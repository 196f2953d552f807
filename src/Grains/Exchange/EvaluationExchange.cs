using Granary.Contracts;
using Granary.Grains.Channel;

namespace Granary.Grains.Exchange;

/// <summary>Tells every member the held-out losses of every shard, so that no death of a silo loses one.</summary>
internal sealed unsafe class EvaluationExchange(ExchangeLayout layout, int self, long generation, PeerMesh mesh) : IFrameSink, IDisposable
{
    private readonly MemberRecords<EvaluationRecord> _records = new(layout.Plan, self, r => r.Shard);
    private long _committed;

    /// <summary>This member's records in, everybody's out.</summary>
    /// <exception cref="ChannelException">A peer is lost.</exception>
    public EvaluationRecord[] Run(long committed, EvaluationRecord[] own, CancellationToken cancellation)
    {
        _committed = committed;
        _records.Clear();
        _records.SetOwn(own);
        foreach (var link in mesh.Links)
        {
            var header = new FrameHeader
            {
                Kind = FrameKind.Evaluations,
                Generation = generation,
                Step = committed,
                Length = _records.OwnBytes,
            };
            link.Enqueue(header, _records.Own);
        }

        mesh.Drive(this, cancellation);
        return _records.All();
    }

    /// <summary>Stopwatch ticks that it has waited for peers so far.</summary>
    public long WaitedTicks => mesh.Waited;

    /// <summary>Ranks of the members whose records are still missing.</summary>
    public IReadOnlyList<int> WaitingFor() => _records.Missing();

    /// <inheritdoc/>
    public bool IsDone => _records.AreComplete && !mesh.HasOutgoing;

    /// <inheritdoc/>
    public nint Place(int peer, in FrameHeader header)
    {
        if (header.Generation != generation || header.Step < _committed)
        {
            throw new ChannelException(
                peer, $"it sent step {header.Step} of generation {header.Generation}; this is the evaluation after step {_committed} of generation {generation}");
        }

        if (header.Step > _committed || header.Kind != FrameKind.Evaluations)
        {
            return 0; // the peer is ahead, in the next step
        }

        return _records.Place(peer, header.Length) is not 0 and var place
            ? place
            : throw new ChannelException(peer, $"it sent {header.Length} bytes of evaluations that this member has no place for");
    }

    /// <inheritdoc/>
    public void Arrived(int peer, in FrameHeader header) => _records.Arrived(peer, header.Length);

    /// <inheritdoc/>
    public void Dispose() => _records.Dispose();
}
