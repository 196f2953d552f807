using System.Numerics;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>
/// What the workers' records add up to: which steps every shard has put its part into, their losses (added in tree
/// order, so that they are the same on every cluster), the evaluations between rounds, and the ledger. Steps that might
/// have to be taken again stay apart from those that never will, so that every step counts once, as it was taken last.
/// Plain rules: no grain, no clock.
/// </summary>
public sealed class JobProgress
{
    // Enough for a smooth curve, few enough for a status call.
    private const int PointsPerJob = 1000;

    private readonly BatchPlan _batches;
    private readonly IReadOnlyList<long> _validationRows;
    private readonly TargetScaling? _target;
    private readonly bool _isWeighted;
    private readonly SumTree _tree;
    private readonly EvaluationRule _rule;
    private readonly long _pointEvery;
    private readonly long _roundPointEvery;
    private readonly SortedDictionary<long, ShardRecord?[]> _steps = [];
    private readonly Dictionary<long, EvaluationRecord?[]> _evaluations = [];
    private readonly Dictionary<long, StepRecord> _reported = []; // the newest report of a step
    private readonly List<Taken> _taken = [];
    private ProgressState _live;
    private long _mark = -1;

    /// <param name="batches">Which examples a step takes.</param>
    /// <param name="validationRows">Held-out examples of each shard.</param>
    /// <param name="settled">Progress of earlier generations.</param>
    /// <param name="rule">Judges evaluations; null: all steps are taken, and the lowest loss is the best.</param>
    /// <param name="target">What a target that is a number is standardised with; null: it is not.</param>
    /// <param name="isWeighted">Whether a column says what each row weighs (data.weight).</param>
    public JobProgress(
        BatchPlan batches, IReadOnlyList<long> validationRows, ProgressState settled, EvaluationRule? rule = null, TargetScaling? target = null, bool isWeighted = false)
    {
        (_batches, _validationRows, _target, _isWeighted) = (batches, validationRows, target, isWeighted);
        _rule = rule ?? new EvaluationRule(new TrainingSection());
        _tree = new SumTree(batches.Shards);
        _pointEvery = Math.Max(1, (batches.Steps + PointsPerJob - 1) / PointsPerJob);
        _roundPointEvery = Math.Max(1, (batches.Rounds + PointsPerJob - 1) / PointsPerJob);
        Settled = settled;
        _live = settled.Copy();
    }

    /// <summary>Everything that has been taken in.</summary>
    public ProgressState Live => _live;

    /// <summary>The part of it that only a recovery from a checkpoint can undo: to be stored.</summary>
    public ProgressState Settled { get; private set; }

    /// <summary>Steps that every shard has put its part into, evaluations after them included.</summary>
    public long Committed => _live.Committed;

    /// <summary>Steps of the whole job.</summary>
    public long Steps => _batches.Steps;

    /// <summary>Whether no step is to be taken any more.</summary>
    public bool IsDone => Committed == Steps || _live.Converged || HasStopped;

    /// <summary>Whether the evaluations have ended the job before its last step.</summary>
    public bool HasStopped => Committed < Steps && _rule.Stops(_live.Standing);

    /// <summary>The first step that may not be granted yet, whatever the pace.</summary>
    public long Horizon => _rule.Horizon(_live.Standing, _batches.RoundsBy(Committed), _batches);

    /// <summary>Takes records in.</summary>
    /// <param name="steps">Committed steps, each whole or in parts.</param>
    /// <param name="evaluations">Evaluations.</param>
    /// <param name="seconds">Seconds since training began, for the points.</param>
    public void Add(IReadOnlyList<StepRecord> steps, IReadOnlyList<EvaluationRecord> evaluations, double seconds)
    {
        foreach (var step in steps)
        {
            if (step.Step < Committed)
            {
                continue; // a repeated report
            }

            _reported[step.Step] = step;
            var records = Slot(_steps, step.Step);
            foreach (var record in step.Shards)
            {
                records[record.Shard] = record;
            }
        }

        foreach (var evaluation in evaluations)
        {
            if (evaluation.Step >= Committed)
            {
                Slot(_evaluations, evaluation.Step)[evaluation.Shard] = evaluation;
            }
        }

        while (_steps.TryGetValue(Committed, out var records) && IsComplete(Committed, records))
        {
            _steps.Remove(Committed);
            _evaluations.Remove(Committed); // of a version within a round, superseded by later steps
            _evaluations.Remove(Committed + 1, out var held);
            _reported.Remove(Committed, out var step);
            var taken = new Taken(Committed, records, held, seconds, step.Last, step.GradientNorm);
            _taken.Add(taken);
            Take(_live, taken);
            LookForMark();
        }
    }

    /// <summary>The evaluation of the newest version; null where there is none, or not all of it is known.</summary>
    public Evaluation? EvaluationNow =>
        Committed > 0 && _batches.EndsRound(Committed - 1) ? _live.Evaluation
        : _evaluations.TryGetValue(Committed, out var records) && IsWhole(records) ? Merge(records)
        : null;

    /// <summary>Steps at the end of the last whole round.</summary>
    public long LastRoundEnd => _batches.EndOfRounds(_batches.RoundsBy(Committed));

    /// <summary>Held-out examples of all shards.</summary>
    public long ValidationRows => _validationRows.Sum();

    /// <summary>What was known just before the marked step; null until that is known.</summary>
    public ProgressState? Marked { get; private set; }

    /// <summary>A checkpoint of version <paramref name="step"/>, not committed yet or committed just now, is being made.</summary>
    public void Mark(long step)
    {
        (_mark, Marked) = (step, null);
        LookForMark();
    }

    // Without the metrics, which are stored once per job.
    private void LookForMark()
    {
        if (Marked is null && Committed == _mark)
        {
            Marked = _live.Copy();
            Marked.Points.Clear();
        }
    }

    private TRecord?[] Slot<TRecord>(IDictionary<long, TRecord?[]> all, long step)
        where TRecord : struct
    {
        if (!all.TryGetValue(step, out var records))
        {
            all.Add(step, records = new TRecord?[_batches.Shards]);
        }

        return records;
    }

    /// <summary>Training resumes at a step: drops what was known of that step and later ones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is settled already.</exception>
    public void Rewind(long step)
    {
        RemoveFrom(_steps, step);
        RemoveFrom(_reported, step);
        RemoveFrom(_evaluations, step + 1);
        (_mark, Marked) = (-1, null);
        if (step < Committed)
        {
            _live = At(step);
            _taken.RemoveAll(t => t.Step >= step);
        }
    }

    private static void RemoveFrom<T>(IDictionary<long, T> all, long first)
    {
        foreach (var later in all.Keys.Where(s => s >= first).ToArray())
        {
            all.Remove(later);
        }
    }

    /// <summary>What was known before a step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is settled already, or not known yet.</exception>
    public ProgressState At(long step)
    {
        if (step < Settled.Committed || step > Committed)
        {
            throw new ArgumentOutOfRangeException(
                nameof(step), step, $"Steps before {Settled.Committed} are settled, and those from {Committed} on not known.");
        }

        var state = Settled.Copy();
        foreach (var taken in _taken.Where(t => t.Step < step))
        {
            Take(state, taken);
        }

        return state;
    }

    /// <summary>Settles the steps before one: only a recovery from a checkpoint takes them again.</summary>
    public void Settle(long step)
    {
        var count = _taken.TakeWhile(t => t.Step < step).Count();
        foreach (var taken in _taken.Take(count))
        {
            Take(Settled, taken);
        }

        _taken.RemoveRange(0, count);
    }

    private bool IsComplete(long step, ShardRecord?[] records)
    {
        for (var v = 0; v < records.Length; v++)
        {
            var (first, end) = _batches.Rows(step, v);
            if (end > first && records[v] is null)
            {
                return false;
            }
        }

        return !_batches.EndsRound(step) || IsWhole(_evaluations.GetValueOrDefault(step + 1));
    }

    private bool IsWhole(EvaluationRecord?[]? evaluations)
    {
        for (var v = 0; v < _validationRows.Count; v++)
        {
            if (_validationRows[v] > 0 && evaluations?[v] is null)
            {
                return false;
            }
        }

        return true;
    }

    private void Take(ProgressState state, Taken taken)
    {
        var (step, records, evaluations, seconds, last, norm) = taken;
        for (var v = 0; v < records.Length; v++)
        {
            if (records[v] is { } record)
            {
                state.Examples += record.Examples;
                state.LossSums[v] += record.LossSum;
                state.Weights[v] += record.Weight;
                state.Digests[v] += record.Digest;
                state.Counts[v] += record.Examples;
            }
        }

        state.LastLoss = Mean(_tree.Sum(v => records[v]?.LossSum), _tree.Sum(v => records[v]?.Weight));
        state.Committed = step + 1;
        state.Converged = last;
        var epoch = _batches.EpochOf(step);
        var endsRound = _batches.EndsRound(step);
        if (endsRound)
        {
            state.EpochLoss = Mean(_tree.Sum(v => state.LossSums[v]), _tree.Sum(v => state.Weights[v]));
            state.Evaluation = evaluations is null ? null : Merge(evaluations);
            state.Standing = state.Evaluation is { } now ? _rule.Next(state.Standing, state.Committed, now) : state.Standing;
            state.CloseRound();
        }

        if (_batches.EndsEpoch(step))
        {
            state.CloseEpoch(epoch);
        }

        // At powers of two as well, so that a long job shows something from its first step on.
        var round = _batches.RoundsBy(state.Committed);
        endsRound = endsRound && (round % _roundPointEvery == 0 || BitOperations.IsPow2(round) || round == _batches.Rounds || last);
        if (endsRound || state.Committed % _pointEvery == 0 || BitOperations.IsPow2(state.Committed))
        {
            state.Points.Add(new MetricPoint(
                state.Committed,
                epoch,
                state.LastLoss!.Value,
                endsRound ? state.EpochLoss : null,
                endsRound ? state.Evaluation?.Loss : null,
                endsRound ? state.Evaluation?.AccuracyOfClasses : null,
                state.Points.Count > 0 ? Math.Max(seconds, state.Points[^1].Seconds) : seconds, // another coordinator may have counted until there
                norm,
                endsRound ? state.Evaluation?.Numbers : null));
        }
    }

    // Of examples that weigh nothing the mean is 0, as their gradient is.
    private static double? Mean(double? sum, double? weight) => weight == 0 ? 0 : sum / weight;

    private Evaluation Merge(EvaluationRecord?[] records) => new(
        records.Sum(r => r?.Examples ?? 0),
        _tree.Sum(v => records[v]?.LossSum)!.Value / _tree.Sum(v => records[v]?.Weight)!.Value,
        _isWeighted ? _tree.Sum(v => records[v]?.RightWeight)!.Value / _tree.Sum(v => records[v]?.RowWeight)!.Value
            : (double)records.Sum(r => r?.Correct ?? 0) / records.Sum(r => r?.Predictions ?? 0),
        NumberErrors.Of([.. records.Select(r => r?.Numbers.Errors())])?.Figures(_target));

    private sealed record Taken(long Step, ShardRecord?[] Records, EvaluationRecord?[]? Evaluations, double Seconds, bool Last, double? Norm);
}
