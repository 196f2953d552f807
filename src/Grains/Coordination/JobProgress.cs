using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <summary>
/// What the members' reports say together: which steps every shard has put its part into, their losses (added in tree
/// order, so that they are the same on every cluster), and the evaluations between epochs. Plain rules: no grain, no clock.
/// </summary>
public sealed class JobProgress
{
    // Enough for a smooth curve, few enough for a status call.
    private const int PointsPerJob = 1000;

    private readonly BatchPlan _batches;
    private readonly IReadOnlyList<long> _validationRows;
    private readonly SumTree _tree;
    private readonly SortedDictionary<long, ShardRecord?[]> _steps = [];
    private readonly Dictionary<long, EvaluationRecord?[]> _evaluations = [];
    private readonly double[] _epochLoss;
    private readonly double[] _epochWeight;
    private readonly long _pointEvery;

    public JobProgress(BatchPlan batches, IReadOnlyList<long> validationRows)
    {
        _batches = batches;
        _validationRows = validationRows;
        _tree = new SumTree(batches.Shards);
        _epochLoss = new double[batches.Shards];
        _epochWeight = new double[batches.Shards];
        _pointEvery = Math.Max(1, (batches.Steps + PointsPerJob - 1) / PointsPerJob);
    }

    /// <summary>Steps that every shard has put its part into, evaluations after them included.</summary>
    public long Committed { get; private set; }

    /// <summary>Examples counted in them.</summary>
    public long Examples { get; private set; }

    /// <summary>Mean loss over the batch of the newest of them.</summary>
    public double? LastLoss { get; private set; }

    /// <summary>Mean loss over the last whole epoch's examples as they were trained on.</summary>
    public double? EpochLoss { get; private set; }

    /// <summary>The newest evaluation.</summary>
    public Evaluation? Evaluation { get; private set; }

    /// <summary>Takes a member's report in; returns the metric points that have become complete.</summary>
    /// <param name="report">The report.</param>
    /// <param name="seconds">Seconds since training began, for the points.</param>
    public IReadOnlyList<MetricPoint> Add(WorkerReport report, double seconds)
    {
        foreach (var step in report.Steps)
        {
            if (step.Step < Committed)
            {
                continue; // told again after a recovery
            }

            if (!_steps.TryGetValue(step.Step, out var records))
            {
                _steps.Add(step.Step, records = new ShardRecord?[_batches.Shards]);
            }

            foreach (var record in step.Shards)
            {
                records[record.Shard] = record;
            }
        }

        foreach (var evaluation in report.Evaluations)
        {
            if (!_evaluations.TryGetValue(evaluation.Step, out var records))
            {
                _evaluations.Add(evaluation.Step, records = new EvaluationRecord?[_batches.Shards]);
            }

            records[evaluation.Shard] = evaluation;
        }

        var points = new List<MetricPoint>();
        while (_steps.TryGetValue(Committed, out var records) && IsComplete(Committed, records))
        {
            Take(records, seconds, points);
        }

        return points;
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

        if (!_batches.EndsEpoch(step))
        {
            return true;
        }

        _evaluations.TryGetValue(step + 1, out var evaluations);
        for (var v = 0; v < records.Length; v++)
        {
            if (_validationRows[v] > 0 && evaluations?[v] is null)
            {
                return false;
            }
        }

        return true;
    }

    private void Take(ShardRecord?[] records, double seconds, List<MetricPoint> points)
    {
        var step = Committed;
        for (var v = 0; v < records.Length; v++)
        {
            if (records[v] is { } record)
            {
                Examples += record.Examples;
                _epochLoss[v] += record.LossSum;
                _epochWeight[v] += record.Weight;
            }
        }

        LastLoss = _tree.Sum(v => records[v]?.LossSum) / _tree.Sum(v => records[v]?.Weight);
        _steps.Remove(step);
        Committed = step + 1;
        var endsEpoch = _batches.EndsEpoch(step);
        if (endsEpoch)
        {
            EpochLoss = _tree.Sum(v => _epochLoss[v]) / _tree.Sum(v => _epochWeight[v]);
            Array.Clear(_epochLoss);
            Array.Clear(_epochWeight);
            Evaluation = _evaluations.Remove(Committed, out var evaluations) ? Merge(evaluations) : null;
        }

        if (endsEpoch || Committed % _pointEvery == 0)
        {
            points.Add(new MetricPoint(
                Committed,
                _batches.EpochOf(step),
                LastLoss!.Value,
                endsEpoch ? EpochLoss : null,
                endsEpoch ? Evaluation?.Loss : null,
                endsEpoch ? Evaluation?.Accuracy : null,
                seconds));
        }
    }

    private Evaluation Merge(EvaluationRecord?[] records) => new(
        records.Sum(r => r?.Examples ?? 0),
        _tree.Sum(v => records[v]?.LossSum)!.Value / _tree.Sum(v => records[v]?.Weight)!.Value,
        (double)records.Sum(r => r?.Correct ?? 0) / records.Sum(r => r?.Predictions ?? 0));
}

/// <summary>The held-out examples under one version of the weights.</summary>
/// <param name="Examples">How many.</param>
/// <param name="Loss">Their mean loss.</param>
/// <param name="Accuracy">Part of the predictions that are right.</param>
public sealed record Evaluation(long Examples, double Loss, double Accuracy);
