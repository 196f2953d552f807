using Granary.Grains.Channel;
using Granary.Jobs;

namespace Granary.Grains.Exchange;

/// <summary>Small records, one per shard, that every member tells every other.</summary>
internal sealed unsafe class MemberRecords<TRecord> : IDisposable
    where TRecord : unmanaged
{
    private readonly ShardPlan _plan;
    private readonly int _self;
    private readonly Func<TRecord, int> _shard;
    private readonly NativeVector<TRecord>[] _records;
    private readonly int[] _counts;

    /// <param name="plan">Whose shards are whose: a member has one record per shard at the most.</param>
    /// <param name="self">This member's place.</param>
    /// <param name="shard">The shard that a record is about.</param>
    public MemberRecords(ShardPlan plan, int self, Func<TRecord, int> shard)
    {
        (_plan, _self, _shard) = (plan, self, shard);
        _counts = new int[plan.Members];
        _records = [.. Enumerable.Range(0, plan.Members).Select(m => new NativeVector<TRecord>(plan.Of(m).End - plan.Of(m).First))];
        Clear();
    }

    /// <summary>Whether every member's are here.</summary>
    public bool AreComplete => Array.TrueForAll(_counts, c => c >= 0);

    /// <summary>This member's, to be sent.</summary>
    public TRecord* Own => _records[_self].Data;

    /// <summary>How many bytes they are.</summary>
    public int OwnBytes => _counts[_self] * sizeof(TRecord);

    /// <summary>Forgets all of them.</summary>
    public void Clear() => Array.Fill(_counts, -1);

    /// <summary>Sets this member's.</summary>
    public void SetOwn(TRecord[] records)
    {
        records.CopyTo(_records[_self].Span(0, records.Length));
        _counts[_self] = records.Length;
    }

    /// <summary>Where a peer's records go; 0 where so many bytes cannot be right, or have been here.</summary>
    public nint Place(int peer, int bytes) =>
        bytes >= 0 && bytes % sizeof(TRecord) == 0 && bytes / sizeof(TRecord) <= _records[peer].Length && _counts[peer] < 0
            ? (nint)_records[peer].Data
            : 0;

    /// <summary>A peer's records are whole.</summary>
    /// <exception cref="ChannelException">They are about other shards than its own, or not in order.</exception>
    public void Arrived(int peer, int bytes)
    {
        var (next, end) = _plan.Of(peer);
        foreach (var record in _records[peer].Span(0, bytes / sizeof(TRecord)))
        {
            var shard = _shard(record);
            if (shard < next || shard >= end)
            {
                throw new ChannelException(peer, $"it sent a record of shard {shard}, which is not its own, or not in its turn");
            }

            next = shard + 1;
        }

        _counts[peer] = bytes / sizeof(TRecord);
    }

    /// <summary>Places of the members whose records are still missing.</summary>
    public IReadOnlyList<int> Missing() => [.. Enumerable.Range(0, _counts.Length).Where(m => _counts[m] < 0)];

    /// <summary>Everybody's, in member order.</summary>
    public TRecord[] All()
    {
        var count = 0;
        foreach (var c in _counts)
        {
            count += c;
        }

        var all = new TRecord[count];
        for (int m = 0, at = 0; m < _counts.Length; at += _counts[m++])
        {
            _records[m].Span(0, _counts[m]).CopyTo(all.AsSpan(at));
        }

        return all;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_records, r => r.Dispose());
}
