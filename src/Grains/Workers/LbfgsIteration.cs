using System.Diagnostics;
using System.Numerics;
using Granary.Contracts;
using Granary.Grains.Exchange;
using Granary.Grains.ModelState;
using Granary.Grains.Telemetry;
using Granary.Jobs;
using Granary.Model.Networks;
using Granary.Model.Training;

namespace Granary.Grains.Workers;

/// <summary>
/// A step of L-BFGS: a direction from what is remembered, and a line search along it whose probes are passes over all examples.
/// A pass ends with the whole averaged gradient and every shard's loss in every member, so that all of them come to the same
/// decisions from the same bits, and nothing but passes is exchanged. What is remembered is optimiser state like any other: it
/// is in every member, in checkpoints, and given to those who join.
/// </summary>
/// <remarks>The objective is the mean loss + lambda/2 |w|^2, the latter over what decays.</remarks>
internal sealed unsafe class LbfgsIteration<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainingTask _task;
    private readonly BatchGatherer _batches;
    private readonly GradientWork<T> _gradients;
    private readonly StepExchange<T> _exchange;
    private readonly WorkerPhase _phase;
    private readonly OptimizerSection _options;
    private readonly int _weights;
    private readonly SumTree _shards;
    private readonly (int Start, int Length)[] _decaying;
    private readonly ModelVersion<T> _averaged; // the gradient of the mean loss, where an exchange leaves new weights
    private readonly FlatTensor _trial;
    private readonly double[] _direction;
    private Point _at;
    private Point _probed;
    private bool _known; // whether _at is the present version: true but for a generation's first step
    private int _passes;

    /// <param name="task">This member's part.</param>
    /// <param name="batches">Gathers examples.</param>
    /// <param name="gradients">Computes the sums of a pass.</param>
    /// <param name="exchange">Averages them.</param>
    /// <param name="phase">What this worker is doing, for others to see.</param>
    public LbfgsIteration(
        TrainingTask task, BatchGatherer batches, GradientWork<T> gradients, StepExchange<T> exchange, WorkerPhase phase)
    {
        (_task, _batches, _gradients, _exchange, _phase) = (task, batches, gradients, exchange, phase);
        _options = task.Job.Training.Optimizer;
        _weights = checked((int)task.Layout.Blocks.Weights);
        _shards = new SumTree(task.Job.Data.Shards);
        _decaying = [.. Decaying(task.Shape, _options, TrainedTensors.Of(task.Job.Training, task.Shape))];
        _averaged = new ModelVersion<T>(
            new FlatTensor(task.Shape, task.Job.Model.Precision), new StateSlice<T>(task.Layout.Blocks, (0, 0), 0));
        _trial = new FlatTensor(task.Shape, task.Job.Model.Precision);
        _direction = new double[_weights];
        (_at, _probed) = (new Point(_weights), new Point(_weights));
    }

    /// <summary>Ticks that the last step has spent on sums.</summary>
    public long ComputeTicks { get; private set; }

    /// <summary>Ticks that the last step has spent in exchanges, updates of blocks left out.</summary>
    public long ExchangeTicks { get; private set; }

    /// <summary>Ticks spent waiting for others so far.</summary>
    public long WaitedTicks => _exchange.WaitedTicks;

    /// <summary>Takes a step: reads version t, writes version t + 1.</summary>
    /// <returns>What every shard put into the pass at version t; what those of this member did; whether there is no step after it,
    /// for the gradient is small enough or nothing lower can be found.</returns>
    /// <exception cref="Channel.ChannelException">A peer is lost.</exception>
    /// <exception cref="NonFiniteException">The loss or the gradient at version t is not finite.</exception>
    public (ShardRecord[] Records, ShardRecord[] Own, bool Last) Run(
        long step, ModelVersion<T> from, ModelVersion<T> to, StepTrace? trace, CancellationToken cancellation)
    {
        _phase.Enter(PhaseKind.Compute); // the direction takes its time before the first pass
        (to.Step, to.HasWeights, to.HasState) = (step + 1, false, false);
        (_passes, ComputeTicks, ExchangeTicks) = (0, 0, 0);
        if (!_known)
        {
            Pass(step, from.Weights, _at, trace, cancellation);
            RequireFinite(step, _at);
            _known = true;
        }

        var (records, own) = (_at.Records, _at.Own);
        var history = new History(from.Own, _weights, step);
        var last = IsFlat(_at);
        if (!last)
        {
            var found = Search(step, from, history, trace, cancellation, out var remembers);
            last = !found || IsFlat(_probed);
            Write(step, from, to, found, remembers);
            if (found)
            {
                (_at, _probed) = (_probed, _at);
            }
        }
        else
        {
            Write(step, from, to, moved: false, remembers: true);
        }

        to.HasWeights = to.HasState = true;
        return (records, own, last);
    }

    // Along -H g, and along -g where that leads nowhere.
    private bool Search(
        long step, ModelVersion<T> from, History history, StepTrace? trace, CancellationToken cancellation, out bool remembers)
    {
        _at.Gradient.CopyTo(_direction, 0);
        remembers = Lbfgs.Direction<T>(history, _direction);
        if (remembers && SearchLine(step, from, 1, trace, cancellation))
        {
            return true;
        }

        remembers = false;
        for (var i = 0; i < _weights; i++)
        {
            _direction[i] = -_at.Gradient[i];
        }

        // Nothing is known of the curvature yet: the first try is no longer than 1.
        return SearchLine(step, from, Math.Min(1, 1 / Math.Sqrt(FixedDot.Of<double, double>(_direction, _direction))), trace, cancellation);
    }

    private bool SearchLine(long step, ModelVersion<T> from, double first, StepTrace? trace, CancellationToken cancellation)
    {
        var start = new LinePoint(0, _at.Value, FixedDot.Of<double, double>(_at.Gradient, _direction));
        var noise = Math.Abs(_at.Value) * (sizeof(T) == sizeof(double) ? 1e-15 : 2e-7);
        return start.Slope < 0 && WolfeSearch.Find(start, first, noise, length =>
        {
            var x = Vector(from.Weights.Data);
            var trial = Vector(_trial.Data);
            for (var i = 0; i < _weights; i++)
            {
                trial[i] = T.CreateTruncating(double.CreateTruncating(x[i]) + (length * _direction[i]));
            }

            Pass(step, _trial, _probed, trace, cancellation);
            var slope = FixedDot.Of<double, double>(_probed.Gradient, _direction);
            return new LinePoint(length, double.IsFinite(slope) && double.IsFinite(_probed.Value) ? _probed.Value : double.PositiveInfinity, slope);
        }) is not null;
    }

    // All examples in the order of the first epoch, whichever it is: a pass at the same weights gives the same bits.
    private void Pass(long step, FlatTensor weights, Point into, StepTrace? trace, CancellationToken cancellation)
    {
        _phase.Enter(PhaseKind.Compute);
        var began = Stopwatch.GetTimestamp();
        using (var span = trace?.Part(Spans.Backward))
        {
            into.Own = _gradients.Backward(_batches.Gather(0), 0, weights, span?.Context, probes: true);
        }

        ComputeTicks += Stopwatch.GetTimestamp() - began;
        _phase.Enter(PhaseKind.Exchange);
        began = Stopwatch.GetTimestamp();
        using (trace?.Part(Spans.Exchange))
        {
            into.Records = _exchange.Run(step, _passes++, 0, _gradients.Sums, _averaged, _averaged, null, cancellation);
        }

        ExchangeTicks += Stopwatch.GetTimestamp() - began - _exchange.Updates.Busy;
        _phase.Enter(PhaseKind.Compute);
        var records = new ShardRecord?[_task.Job.Data.Shards];
        foreach (var record in into.Records)
        {
            records[record.Shard] = record;
        }

        var w = Vector(weights.Data);
        var averaged = Vector(_averaged.Weights.Data);
        for (var i = 0; i < _weights; i++)
        {
            into.Gradient[i] = double.CreateTruncating(averaged[i]);
        }

        into.Value = _shards.Sum(v => records[v]?.LossSum)!.Value / _shards.Sum(v => records[v]?.Weight)!.Value;
        foreach (var (start, length) in _decaying)
        {
            into.Value += _options.WeightDecay / 2 * FixedDot.Of<T, T>(w.Slice(start, length), w.Slice(start, length));
            for (var i = start; i < start + length; i++)
            {
                into.Gradient[i] += _options.WeightDecay * double.CreateTruncating(w[i]);
            }
        }
    }

    private static void RequireFinite(long step, Point point)
    {
        foreach (var record in point.Records)
        {
            if (!double.IsFinite(record.LossSum))
            {
                throw new NonFiniteException(step, record.Shard, NonFinitePart.Loss, record.LossSum);
            }
        }

        foreach (var g in point.Gradient)
        {
            if (!double.IsFinite(g))
            {
                throw new NonFiniteException(step, null, NonFinitePart.Gradient, g);
            }
        }
    }

    private bool IsFlat(Point point)
    {
        var greatest = 0.0;
        foreach (var g in point.Gradient)
        {
            greatest = Math.Max(greatest, Math.Abs(g));
        }

        return greatest <= _options.Tolerance;
    }

    // Step t's pair goes where that of step t - m was; zeros where no step was made.
    private void Write(long step, ModelVersion<T> from, ModelVersion<T> to, bool moved, bool remembers)
    {
        var x = Vector(from.Weights.Data);
        var next = Vector(to.Weights.Data);
        Vector(moved ? _trial.Data : from.Weights.Data).CopyTo(next);
        for (var vector = 0; vector < to.Own.PerWeight; vector++)
        {
            var kept = Vector(to.Own.At(vector, 0));
            if (remembers)
            {
                Vector(from.Own.At(vector, 0)).CopyTo(kept);
            }
            else
            {
                kept.Clear();
            }
        }

        var slot = (int)(step % _options.Memory);
        var s = Vector(to.Own.At(2 * slot, 0));
        var y = Vector(to.Own.At((2 * slot) + 1, 0));
        for (var i = 0; i < _weights; i++)
        {
            s[i] = next[i] - x[i];
            y[i] = moved ? T.CreateTruncating(_probed.Gradient[i] - _at.Gradient[i]) : T.Zero;
        }
    }

    private Span<T> Vector(void* data) => new(data, _weights);

    private static IEnumerable<(int Start, int Length)> Decaying(IReadOnlyList<ParameterShape> shape, OptimizerSection options, bool[] trained)
    {
        var at = 0;
        foreach (var (place, parameter) in shape.Index())
        {
            var count = checked((int)parameter.Count);
            if (trained[place] && options.WeightDecay > 0 && (parameter.Decays || options.DecayAll))
            {
                yield return (at, count);
            }

            at += count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _averaged.Dispose();
        _trial.Dispose();
    }

    private sealed class Point(int weights)
    {
        public double Value;
        public ShardRecord[] Own = [];
        public ShardRecord[] Records = [];

        public double[] Gradient { get; } = new double[weights];
    }

    private sealed class History(StateSlice<T> state, int weights, long step) : ILbfgsHistory<T>
    {
        public int Memory { get; } = state.PerWeight / 2;

        public ReadOnlySpan<T> Step(int ago) => new(state.At(2 * Slot(ago), 0), weights);

        public ReadOnlySpan<T> Change(int ago) => new(state.At((2 * Slot(ago)) + 1, 0), weights);

        // A slot that no step has used yet holds zeros.
        private int Slot(int ago) => (int)((step - 1 - ago + (2L * Memory)) % Memory);
    }
}
