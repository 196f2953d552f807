using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>One shard's examples as resident tensors. Gathering is safe from several threads at once. The memory is freed when
/// its maker and everybody who has taken a lease have disposed of it.</summary>
public sealed class Examples : IDisposable
{
    private readonly long _seed;
    private readonly int _shard;
    private readonly IExampleTensors _training;
    private readonly IEpochOrder _order;
    private readonly IExampleTensors _validation;
    private readonly int[] _validationRows;
    private int _leases = 1;

    internal Examples(
        (long Seed, int Shard) job, IExampleTensors training, IEpochOrder order, int trainingRows, IExampleTensors validation, int[] validationRows)
    {
        (_seed, _shard) = job;
        (_training, _order, TrainingRows, _validation, _validationRows) = (training, order, trainingRows, validation, validationRows);
    }

    /// <summary>Training examples, n_v; of a text, windows side by side.</summary>
    public int TrainingRows { get; }

    /// <summary>Held-out examples.</summary>
    public int ValidationRows => _validationRows.Length;

    /// <summary>The examples at the places [first, end) of an epoch.</summary>
    public Batch Training(int epoch, int first, int end)
    {
        var place = new PassPlace(_seed, epoch, _shard, first);
        return Gather(_training, _order.Rows(epoch, first, end), place) with { Place = place };
    }

    /// <summary>Held-out rows [first, end), in the order of the source.</summary>
    public Batch Validation(int first, int end) => Gather(
        _validation, _validationRows.AsSpan(first, end - first), new PassPlace(_seed, -1, _shard, first));

    /// <summary>Held-out examples number [first, end) of some that are spread evenly over all: see <see cref="EvaluationPlan"/>.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="count">How many there are of them in all.</param>
    public Batch Validation(int first, int end, int count)
    {
        if (count == _validationRows.Length)
        {
            return Validation(first, end);
        }

        var rows = new int[end - first];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = _validationRows[EvaluationPlan.At(first + i, count, _validationRows.Length)];
        }

        return Gather(_validation, rows, new PassPlace(_seed, -1, _shard, first));
    }

    private Batch Gather(IExampleTensors tensors, ReadOnlySpan<int> rows, PassPlace place)
    {
        ulong digest = 0;
        foreach (var row in rows)
        {
            digest += RowDigest.Of(_shard, row);
        }

        return tensors.Gather(rows, digest, place);
    }

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
}
