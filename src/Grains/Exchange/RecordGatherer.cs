using Granary.Contracts;
using Granary.Grains.Channel;

namespace Granary.Grains.Exchange;

/// <summary>Tells every worker what every shard has put into the step, so that the ledger survives the loss of any of them.</summary>
/// <param name="pass">The pass under way.</param>
/// <param name="mesh">Connections to the other workers.</param>
internal sealed unsafe class RecordGatherer<T>(ExchangePass<T> pass, PeerMesh mesh) : IDisposable
    where T : unmanaged
{
    private readonly MemberRecords<ShardRecord> _records = new(pass.Layout.Plan, pass.Self, r => r.Shard);

    /// <summary>Whether every worker's records are here.</summary>
    public bool IsComplete => _records.AreComplete;

    /// <summary>Every shard's record, in shard order.</summary>
    public ShardRecord[] All() => _records.All();

    /// <summary>Ranks of the workers whose records are still missing.</summary>
    public IReadOnlyList<int> Missing() => _records.Missing();

    /// <summary>Begins a pass.</summary>
    public void Begin() => _records.Clear();

    /// <summary>Sends the records of this worker's shards.</summary>
    public void Send(ShardRecord[] own)
    {
        _records.SetOwn(own);
        foreach (var link in mesh.Links)
        {
            link.Enqueue(pass.Header(FrameKind.Records, 0) with { Length = _records.OwnBytes }, _records.Own);
        }
    }

    /// <summary>Where a peer's records go; 0 where so many bytes are not expected.</summary>
    public nint Place(int peer, in FrameHeader header) => _records.Place(peer, header.Length);

    /// <summary>A peer's records are here.</summary>
    public void Arrived(int peer, in FrameHeader header) => _records.Arrived(peer, header.Length);

    /// <inheritdoc/>
    public void Dispose() => _records.Dispose();
}
