using Granary.Contracts;
using Granary.Grains.Channel;

namespace Granary.Grains.Exchange;

/// <summary>Tells every member the held-out losses of every shard, so that no death of a silo loses one.</summary>
internal sealed unsafe class EvaluationExchange : IFrameSink, IDisposable
{
    private readonly int _self;
    private readonly long _generation;
    private readonly PeerMesh _mesh;
    private readonly NativeVector<EvaluationRecord>[] _records;
    private readonly int[] _counts;
    private long _committed;
    private int _missing;

    public EvaluationExchange(ExchangeLayout layout, int self, long generation, PeerMesh mesh)
    {
        (_self, _generation, _mesh) = (self, generation, mesh);
        _counts = new int[layout.Plan.Members];
        _records = [.. Enumerable.Range(0, layout.Plan.Members).Select(m =>
        {
            var (first, end) = layout.Plan.Of(m);
            return new NativeVector<EvaluationRecord>(end - first);
        })];
    }

    /// <summary>This member's records in, everybody's out.</summary>
    /// <exception cref="ChannelException">A peer is lost.</exception>
    public EvaluationRecord[] Run(long committed, EvaluationRecord[] own, CancellationToken cancellation)
    {
        _committed = committed;
        _missing = _mesh.Links.Length;
        Array.Fill(_counts, -1);
        _counts[_self] = own.Length;
        own.CopyTo(_records[_self].Span(0, own.Length));
        foreach (var link in _mesh.Links)
        {
            var header = new FrameHeader
            {
                Kind = FrameKind.Evaluations, Generation = _generation, Step = committed, Length = own.Length * sizeof(EvaluationRecord),
            };
            link.Enqueue(header, _records[_self].Data);
        }

        _mesh.Drive(this, () => _missing == 0 && Array.TrueForAll(_mesh.Links, l => !l.HasOutgoing), cancellation);
        return [.. _records.SelectMany((r, m) => r.Span(0, _counts[m]).ToArray())];
    }

    /// <summary>Places of the members whose records are still missing.</summary>
    public IReadOnlyList<int> WaitingFor() => [.. Enumerable.Range(0, _counts.Length).Where(m => m != _self && _counts[m] < 0)];

    /// <inheritdoc/>
    public nint Place(int peer, in FrameHeader header)
    {
        if (header.Generation != _generation || header.Step < _committed)
        {
            throw new ChannelException(
                peer, $"it sent step {header.Step} of generation {header.Generation}; this is the evaluation after step {_committed} of generation {_generation}");
        }

        if (header.Step > _committed || header.Kind != FrameKind.Evaluations)
        {
            return 0; // the peer is ahead, in the next step
        }

        return header.Length >= 0 && header.Length % sizeof(EvaluationRecord) == 0
            && header.Length / sizeof(EvaluationRecord) <= _records[peer].Length && _counts[peer] < 0
            ? (nint)_records[peer].Data
            : throw new ChannelException(peer, $"it sent {header.Length} bytes of evaluations that this member has no place for");
    }

    /// <inheritdoc/>
    public void Arrived(int peer, in FrameHeader header)
    {
        _counts[peer] = header.Length / sizeof(EvaluationRecord);
        _missing--;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_records, r => r.Dispose());
}
