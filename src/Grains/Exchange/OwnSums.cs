using Granary.Contracts;

namespace Granary.Grains.Exchange;

/// <summary>
/// What one member puts into a step, as it becomes final: the sum of every subtree of its cover, from its last weight towards its first,
/// as a backward pass goes, and its shards' records. One thread may write while another reads: of a sum
/// only what is not <see cref="Missing"/> is looked at, and that never changes again.
/// </summary>
internal sealed unsafe class OwnSums<T>
    where T : unmanaged
{
    private readonly Sum[] _sums;
    private volatile ShardRecord[]? _records;
    private volatile bool _abandoned;

    /// <param name="parts">Subtrees of the member's cover.</param>
    public OwnSums(int parts)
    {
        _sums = new Sum[parts];
        Clear();
    }

    /// <summary>Number of subtrees.</summary>
    public int Parts => _sums.Length;

    /// <summary>What every shard here has put in; null: not all of them have.</summary>
    public ShardRecord[]? Records => _records;

    /// <summary>Whether the rest will never be computed.</summary>
    public bool Abandoned => _abandoned;

    /// <summary>Called by the writing thread when there is something new.</summary>
    public Action? Changed { get; set; }

    /// <summary>How many blocks at a sum's beginning are not final yet; <see cref="int.MaxValue"/>: none of it is.</summary>
    public int Missing(int part) => Volatile.Read(ref _sums[part].Missing);

    /// <summary>[P], good but for what is <see cref="Missing"/>.</summary>
    public T* Data(int part) => (T*)_sums[part].Data;

    /// <summary>Sum of the weights of the examples in it, good as soon as any of it is final.</summary>
    public double Weight(int part) => _sums[part].Weight;

    /// <summary>Forgets the last step.</summary>
    public void Clear()
    {
        Array.Fill(_sums, new Sum { Missing = int.MaxValue });
        (_records, _abandoned) = (null, false);
    }

    /// <summary>A sum is final but for some blocks at its beginning.</summary>
    public void Publish(int part, T* data, double weight, int missing)
    {
        ref var sum = ref _sums[part];
        (sum.Data, sum.Weight) = ((nint)data, weight);
        Volatile.Write(ref sum.Missing, missing);
        Changed?.Invoke();
    }

    /// <summary>All sums are final, and these are the shards' records.</summary>
    public void Complete(ShardRecord[] records)
    {
        _records = records;
        Changed?.Invoke();
    }

    /// <summary>No more sums will be published.</summary>
    public void Abandon()
    {
        _abandoned = true;
        Changed?.Invoke();
    }

    private struct Sum
    {
        public nint Data;
        public double Weight;
        public int Missing;
    }
}
