namespace Granary.Jobs;

/// <summary>
/// Which examples a step takes: step s of the S steps of an epoch takes rows floor(s n_v / S) .. floor((s + 1) n_v / S)
/// of shard v's permutation for that epoch. Over an epoch every example is taken exactly once; a small shard has steps
/// in which it takes none.
/// </summary>
public sealed class BatchPlan
{
    private readonly long[] _rows;

    /// <param name="rows">Training examples of each shard, n_v.</param>
    /// <param name="batch">Examples per step over all shards, at least 1.</param>
    /// <param name="epochs">Number of epochs.</param>
    public BatchPlan(IReadOnlyList<long> rows, int batch, int epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        _rows = [.. rows];
        Examples = _rows.Sum();
        StepsPerEpoch = (Examples + batch - 1) / batch;
        Epochs = epochs;
    }

    /// <summary>Training examples over all shards, N.</summary>
    public long Examples { get; }

    /// <summary>S = ceil(N / batch).</summary>
    public long StepsPerEpoch { get; }

    /// <summary>Number of epochs.</summary>
    public int Epochs { get; }

    /// <summary>Number of shards, V.</summary>
    public int Shards => _rows.Length;

    /// <summary>Steps of the whole job. Steps count from 0.</summary>
    public long Steps => StepsPerEpoch * Epochs;

    /// <summary>The epoch a step belongs to, from 0.</summary>
    public int EpochOf(long step) => (int)(step / StepsPerEpoch);

    /// <summary>Whether a step is the last of its epoch.</summary>
    public bool EndsEpoch(long step) => (step + 1) % StepsPerEpoch == 0;

    /// <summary>The rows [First, End) of shard <paramref name="shard"/>'s permutation that a step takes.</summary>
    public (int First, int End) Rows(long step, int shard)
    {
        var s = step % StepsPerEpoch;
        return ((int)Floor(s, shard), (int)Floor(s + 1, shard));
    }

    /// <summary>Examples that a step takes over all shards.</summary>
    public long ExamplesOf(long step)
    {
        long sum = 0;
        for (var v = 0; v < _rows.Length; v++)
        {
            var (first, end) = Rows(step, v);
            sum += end - first;
        }

        return sum;
    }

    private long Floor(long s, int shard) => (long)((Int128)s * _rows[shard] / StepsPerEpoch);
}
