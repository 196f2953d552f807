namespace Granary.Jobs;

/// <summary>What the order of examples by score says of a model that tells one class from all others.</summary>
/// <param name="RocAuc">P(a positive's score is above a negative's) + P(they are equal) / 2 (Hanley and McNeil, 1982); null where there are only positives
/// or only negatives.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve as a sum of steps: sum of (R_n - R_n-1) P_n; null without positives.</param>
/// <param name="Points">Points of the curves, thresholds rising: all of them, or some hundreds that lie on it.</param>
/// <param name="Chosen">What the rule has chosen; null: there is no rule, or no threshold that it allows.</param>
/// <param name="Positives">Positives, all of them.</param>
/// <param name="Negatives">Negatives, all of them.</param>
public sealed record RankFigures(double? RocAuc, double? AveragePrecision, IReadOnlyList<Cut> Points, Cut? Chosen, long Positives, long Negatives);

/// <summary>What ranks of a name.</summary>
/// <param name="Name">The class.</param>
/// <param name="Ranks">How it ranks the examples.</param>
public sealed record ClassCurve(string Name, RankFigures Ranks);

/// <summary>
/// ROC and precision-recall curve, from examples that come by rising score. Counted in whole numbers, and summed without rounding, so that it is exact
/// however the examples were spread; memory does not grow with them. Examples of one score are one step, as in scikit-learn.
/// </summary>
/// <param name="positives">Positives that will come, all of them.</param>
/// <param name="negatives">Negatives that will come.</param>
/// <param name="rule">Chooses a threshold; null: nobody asks for one.</param>
public sealed class RankCurve(long positives, long negatives, ThresholdRule? rule = null)
{
    private const double MostPoints = 400;

    private readonly List<Cut> _points = [];
    private readonly ExactSum _precision = new(); // each positive's, at its own score
    private Int128 _twice; // of the pairs in the right order, one for each that is tied
    private long _positivesBelow;
    private long _negativesBelow;
    private double _below; // the score before
    private (double Score, long Positives, long Negatives) _run;
    private Cut? _chosen;
    private long _drawn = long.MaxValue; // examples from the last point on

    /// <summary>Takes some examples in; scores never fall.</summary>
    /// <param name="score">Their score.</param>
    /// <param name="ofClass">Positives among them.</param>
    /// <param name="others">Negatives among them.</param>
    public void Add(double score, long ofClass, long others)
    {
        if (_run is { Positives: 0, Negatives: 0 } || score > _run.Score)
        {
            Close();
            _run = (score, ofClass, others);
        }
        else
        {
            _run = score == _run.Score
                ? (score, _run.Positives + ofClass, _run.Negatives + others)
                : throw new ArgumentOutOfRangeException(nameof(score), score, $"Scores must not fall: {_run.Score} was there.");
        }
    }

    private void Close()
    {
        var (score, ofClass, others) = _run;
        if (ofClass + others == 0)
        {
            return;
        }

        var cut = new Cut(score, positives - _positivesBelow, negatives - _negativesBelow);
        _twice += (Int128)ofClass * ((2 * (Int128)_negativesBelow) + others);
        _precision.Add(ofClass * ((double)cut.TruePositives / cut.Chosen));
        Draw(cut);
        Choose(cut);
        (_positivesBelow, _negativesBelow, _below) = (_positivesBelow + ofClass, _negativesBelow + others, score);
        _run = default;
    }

    // Closer to each other where few examples are left: there a precision changes fast.
    private void Draw(Cut cut)
    {
        if (_drawn == long.MaxValue || _drawn - cut.Chosen >= Math.Min((positives + negatives) / MostPoints, 1 + (cut.Chosen / 20)))
        {
            _points.Add(cut);
            _drawn = cut.Chosen;
        }
    }

    // Half-way to the score below, so that neither rounding nor the float32 of a saved model moves an example to the other side.
    private void Choose(Cut cut)
    {
        if (rule?.Allows(cut, positives) == true && (_chosen is not { } lower || rule.IsBetter(cut, lower, positives, negatives)))
        {
            var middle = _below + ((cut.Threshold - _below) / 2);
            _chosen = cut with { Threshold = middle > _below ? middle : cut.Threshold };
        }
    }

    /// <summary>The figures, once all have come.</summary>
    public RankFigures Result()
    {
        Close();
        return new RankFigures(
            positives == 0 || negatives == 0 ? null : (double)_twice / (2 * (double)((Int128)positives * negatives)),
            positives == 0 ? null : _precision.Value / positives,
            _points,
            positives == 0 || negatives == 0 ? null : _chosen,
            positives,
            negatives);
    }
}
