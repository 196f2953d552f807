using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's examples as resident tensors. Gathering is safe from several threads at once. The memory is freed when
/// its maker and everybody who has taken a lease have disposed of it.</summary>
public sealed class Examples : IDisposable
{
    private readonly long _seed;
    private readonly int _shard;
    private readonly IExampleTensors _training;
    private readonly int[] _trainingRows;
    private readonly IExampleTensors _validation;
    private readonly int[] _validationRows;
    private volatile Order _order;
    private int _leases = 1;

    internal Examples(
        long seed, int shard, IExampleTensors training, int[] trainingRows, IExampleTensors validation, int[] validationRows)
    {
        (_seed, _shard, _training, _trainingRows, _validation, _validationRows) =
            (seed, shard, training, trainingRows, validation, validationRows);
        _order = OrderOf(0);
    }

    /// <summary>Training examples, n_v.</summary>
    public int TrainingRows => _trainingRows.Length;

    /// <summary>Held-out examples.</summary>
    public int ValidationRows => _validationRows.Length;

    /// <summary>Rows [first, end) of this shard's seeded permutation for an epoch.</summary>
    public Batch Training(int epoch, int first, int end)
    {
        var order = _order;
        if (order.Epoch != epoch)
        {
            _order = order = OrderOf(epoch);
        }

        var place = new PassPlace(_seed, epoch, _shard, first);
        return Gather(_training, order.Rows.AsSpan(first, end - first), place) with { Place = place };
    }

    /// <summary>Held-out rows [first, end), in the order of the source.</summary>
    public Batch Validation(int first, int end) => Gather(
        _validation, _validationRows.AsSpan(first, end - first), new PassPlace(_seed, -1, _shard, first));

    private Batch Gather(IExampleTensors tensors, ReadOnlySpan<int> rows, PassPlace place)
    {
        ulong digest = 0;
        foreach (var row in rows)
        {
            digest += RowDigest.Of(_shard, row);
        }

        return tensors.Gather(rows, digest, place);
    }

    private Order OrderOf(int epoch)
    {
        return new Order(epoch, OrderOf(_seed, epoch, _shard, _trainingRows));
    }

    /// <summary>A shard's training rows in the order of an epoch.</summary>
    internal static int[] OrderOf(long seed, int epoch, int shard, int[] rows) =>
        [.. SeededRandom.For(seed, RandomPurpose.Permutation, epoch, shard).Permutation(rows.Length).Select(p => rows[p])];

    /// <summary>The same examples for one more user, who disposes of them too.</summary>
    /// <exception cref="ObjectDisposedException">They have been freed.</exception>
    public Examples Lease()
    {
        var leases = _leases;
        while (leases > 0)
        {
            var seen = Interlocked.CompareExchange(ref _leases, leases + 1, leases);
            if (seen == leases)
            {
                return this;
            }

            leases = seen;
        }

        throw new ObjectDisposedException($"Shard {_shard}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _leases) == 0)
        {
            _training.Dispose();
            _validation.Dispose();
        }
    }

    private sealed record Order(int Epoch, int[] Rows);
}
