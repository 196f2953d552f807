using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Compute;
using Granary.Grains.Exchange;
using Granary.Grains.Faults;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Networks;

namespace Granary.Grains.Workers;

/// <summary>The backward pass: the gradient sums of this worker's shards at a step, and their held-out losses.</summary>
internal sealed unsafe partial class GradientWork<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int MostEvaluationRows = 256;

    private readonly TrainingTask _task;
    private readonly ComputeThreads _threads;
    private readonly SiloFaults _faults;
    private readonly GradientPass[] _passes;
    private readonly FlatTensor?[] _earlier; // for each thread: of the passes of a shard before its last one, where there are several
    private readonly IReadOnlyList<long> _evaluated;
    private readonly int _mostEvaluated; // examples at once
    private readonly Stack<FlatTensor> _free = new();
    private readonly List<FlatTensor> _buffers = [];
    private readonly ShardLeases _leases;
    private readonly IReadOnlyList<TreeNode> _cover;
    private readonly Action<int, int> _computeOne;
    private readonly Func<FlatTensor> _rent;

    // One step's state: nothing but the records is made anew for a step.
    private readonly TreeAccumulator<FlatTensor> _tree;
    private readonly GrowingSum<T>[] _growing;
    private IReadOnlyList<ShardBatch> _batch = [];
    private ShardRecord[] _records = [];
    private FlatTensor _weights = null!;
    private ActivityContext? _trace;
    private long _step;
    private bool _early;
    private bool _probes;

    /// <param name="task">This worker's part.</param>
    /// <param name="threads">Compute threads.</param>
    /// <param name="leases">This worker's shards.</param>
    /// <param name="faults">Faults injected into this silo.</param>
    /// <param name="pass">Makes a backward pass for one thread.</param>
    public GradientWork(TrainingTask task, ComputeThreads threads, ShardLeases leases, SiloFaults faults, Func<GradientPass> pass)
    {
        _task = task;
        _threads = threads;
        _leases = leases;
        _faults = faults;
        _passes = [.. Enumerable.Range(0, threads.Count).Select(_ => pass())];
        _earlier = new FlatTensor?[threads.Count];
        _evaluated = EvaluationPlan.Rows(task.Job.Training, task.Facts.ValidationRows);
        _mostEvaluated = Math.Min(MostEvaluationRows, task.Job.Training.MicroBatch ?? MostEvaluationRows);
        _cover = task.Layout.Cover(task.Assignment.Rank);
        _tree = new TreeAccumulator<FlatTensor>(_cover, n => task.Layout.IsActive(n, task.Batches, _step));
        Sums = new OwnSums<T>(_cover.Count);
        _growing = [.. _passes.Select(_ => new GrowingSum<T>(_tree, Sums, task.Layout.Blocks, Free))];
        (_computeOne, _rent) = (ComputeOne, Rent);
    }

    /// <summary>The partial sums of the step that is computed or was computed last, one per node of the cover. They stand until the next.</summary>
    public OwnSums<T> Sums { get; }

    /// <summary>Computes the partial sums of a step.</summary>
    /// <param name="batch">The examples.</param>
    /// <param name="step">The step that they belong to.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="trace">Where the shards' spans belong.</param>
    /// <param name="early">Whether a sum's last weights are published while the first are still being computed.</param>
    /// <param name="probes">Whether the weights are only tried, so that a loss may be whatever it is.</param>
    /// <returns>What each shard put in.</returns>
    /// <exception cref="NonFiniteException">A shard's loss is not finite.</exception>
    public ShardRecord[] Backward(
        IReadOnlyList<ShardBatch> batch, long step, FlatTensor weights, ActivityContext? trace, bool early = false, bool probes = false)
    {
        _free.Clear();
        foreach (var buffer in _buffers)
        {
            _free.Push(buffer);
        }

        Sums.Clear();
        _tree.Clear();
        (_batch, _step, _weights, _trace, _early, _probes) = (batch, step, weights, trace, early, probes);
        _records = new ShardRecord[batch.Count];
        _threads.Run(batch.Count, _computeOne);
        Sums.Complete(_records);
        return _records;
    }

    private void ComputeOne(int thread, int i)
    {
        var batch = _batch[i];
        using var span = Telemetry.StepTrace.Shard(_trace, batch.Shard);
        var growing = _growing[thread];
        growing.Begin(batch.Shard, _rent);
        var record = _records[i] = Gradient(
            thread, batch, _weights, growing.Gradient, growing.Adds, _early ? growing.FinalFrom : null);
        if (!_probes && !double.IsFinite(record.LossSum))
        {
            throw new NonFiniteException(_step, batch.Shard, NonFinitePart.Loss, record.LossSum);
        }

        growing.Complete(record.Weight);
    }

    /// <summary>Losses of the held-out examples of every shard here.</summary>
    public EvaluationRecord[] Evaluate(long committed, FlatTensor weights)
    {
        var withRows = _leases.Shards.Where(s => _evaluated[s.Shard] > 0).ToArray();
        var records = new EvaluationRecord[withRows.Length];
        _threads.Run(withRows.Length, (thread, i) =>
        {
            var (shard, examples) = withRows[i];
            var rows = (int)_evaluated[shard];
            double weight = 0, loss = 0, rowWeight = 0, rightWeight = 0;
            long correct = 0, predictions = 0;
            NumberErrors? numbers = null;
            for (var row = 0; row < rows; row += _mostEvaluated)
            {
                var first = row;
                var part = _passes[thread].Evaluate(weights, () => examples.Validation(first, Math.Min(first + _mostEvaluated, rows), rows));
                weight += part.Weight;
                loss += part.LossSum;
                correct += part.Correct;
                predictions += part.Predictions;
                rowWeight += part.RowWeight ?? 0;
                rightWeight += part.RightWeight ?? 0;
                numbers = part.Numbers is { } errors ? numbers?.With(errors) ?? errors : null;
            }

            records[i] = new EvaluationRecord(committed, shard, rows, weight, loss, correct, predictions, NumberSums.Of(numbers), rowWeight, rightWeight);
        });
        return records;
    }

    private ShardRecord Gradient(
        int thread, ShardBatch batch, FlatTensor weights, FlatTensor buffer, bool adds = false, Action<double, long>? finalFrom = null)
    {
        var began = Stopwatch.GetTimestamp();
        var done = _task.Job.Training.MicroBatch is { } most && batch.End - batch.First > most
            ? InParts(thread, batch, most, weights, buffer, adds, finalFrom)
            : _passes[thread].Gradient(weights, () => Gather(batch, batch.First, batch.End), buffer, adds, finalFrom);
        if (_faults.Now(FaultKind.Slow) is { } slow)
        {
            Thread.Sleep(Stopwatch.GetElapsedTime(began) * (slow.Factor - 1));
        }

        return new ShardRecord(batch.Shard, done.Examples, done.Weight, done.LossSum, done.Digest);
    }

    // The parts of a shard come together before they meet another shard's, so that it makes no difference which worker has that one.
    private GradientResult InParts(
        int thread, ShardBatch batch, int most, FlatTensor weights, FlatTensor buffer, bool adds, Action<double, long>? finalFrom)
    {
        var earlier = _earlier[thread] ??= new FlatTensor(_task.Shape, _task.Job.Model.Precision);
        var all = default(GradientResult);
        for (var first = batch.First; first < batch.End;)
        {
            var (from, end) = (first, first + Math.Min(most, batch.End - first));
            var before = all.Weight;
            var part = end < batch.End
                ? _passes[thread].Gradient(weights, () => Gather(batch, from, end), earlier, adds: from > batch.First)
                : _passes[thread].Gradient(
                    weights, () => Gather(batch, from, end), buffer, adds, finalFrom is not null && double.IsFinite(all.LossSum) ? (weight, at) => finalFrom(before + weight, at) : null, earlier);
            all = new GradientResult(all.Examples + part.Examples, all.Weight + part.Weight, all.LossSum + part.LossSum, all.Digest + part.Digest);
            first = end;
        }

        return all;
    }

    private Batch Gather(in ShardBatch batch, int first, int end)
    {
        using var span = _trace is not null && Activity.Current is { } shard ? Telemetry.Spans.Begin(Telemetry.Spans.Gather, shard.Context) : null;
        return batch.Examples.Training(batch.Epoch, first, end);
    }

    private void Free(FlatTensor buffer)
    {
        lock (_free)
        {
            _free.Push(buffer);
        }
    }

    private FlatTensor Rent()
    {
        lock (_free)
        {
            if (_free.TryPop(out var buffer))
            {
                return buffer;
            }

            var made = new FlatTensor(_task.Shape, _task.Job.Model.Precision);
            _buffers.Add(made);
            return made;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pass in _passes)
        {
            pass.Dispose();
        }

        foreach (var buffer in _buffers.Concat(_earlier.OfType<FlatTensor>()))
        {
            buffer.Dispose();
        }
    }
}
