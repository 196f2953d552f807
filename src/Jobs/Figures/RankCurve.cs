namespace Granary.Jobs;

/// <summary>What the order of examples by score says of a model that tells one class from all others.</summary>
/// <param name="RocAuc">P(a positive's score is above a negative's) + P(they are equal) / 2 (Hanley and McNeil, 1982); null where there are only positives
/// or only negatives.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve as a sum of steps: sum of (R_n - R_n-1) P_n; null without positives.</param>
/// <param name="Points">Points of the curves, thresholds rising: all of them, or some hundreds that lie on it.</param>
/// <param name="Chosen">What the rule has chosen; null: there is no rule, or no threshold that it allows.</param>
/// <param name="Positives">Positives, all of them; where examples are weighted, what they weigh.</param>
/// <param name="Negatives">Negatives, likewise.</param>
public sealed record RankFigures(double? RocAuc, double? AveragePrecision, IReadOnlyList<Cut> Points, Cut? Chosen, double Positives, double Negatives);

/// <summary>What ranks of a name.</summary>
/// <param name="Name">The class.</param>
/// <param name="Ranks">How it ranks the examples.</param>
public sealed record ClassCurve(string Name, RankFigures Ranks);

/// <summary>
/// ROC and precision-recall curve, from examples that come by rising score. Counts and what is made of them are summed without rounding, so that it is exact
/// however the examples were spread; memory does not grow with them. Examples of one score are one step, as in scikit-learn. Where examples are weighted, their
/// weights stand for their counts.
/// </summary>
/// <param name="positives">Positives that will come, all of them; where examples are weighted, what they weigh.</param>
/// <param name="negatives">Negatives that will come, likewise.</param>
/// <param name="rule">Chooses a threshold; null: nobody asks for one.</param>
public sealed class RankCurve(double positives, double negatives, ThresholdRule? rule = null)
{
    private const double MostPoints = 400;

    private readonly List<Cut> _points = [];
    private readonly ExactSum _precision = new(); // each positive's, at its own score
    private readonly ExactSum _twice = new(); // of the pairs in the right order, one for each that is tied
    private readonly ExactSum _positivesFrom = new([positives]); // from the present score on
    private readonly ExactSum _negativesFrom = new([negatives]);
    private readonly ExactSum _negativesBelow = new();
    private double _below; // the score before
    private (double Score, double Positives, double Negatives) _run;
    private Cut? _chosen;
    private double _drawn = double.PositiveInfinity; // examples from the last point on

    /// <summary>Takes some examples in; scores never fall.</summary>
    /// <param name="score">Their score.</param>
    /// <param name="ofClass">Positives among them, or what they weigh.</param>
    /// <param name="others">Negatives among them, likewise.</param>
    public void Add(double score, double ofClass, double others)
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

        // Of weights, whose total is rounded, a little more or less than the last ones may be left.
        var cut = new Cut(score, Math.Max(_positivesFrom.Value, ofClass), Math.Max(_negativesFrom.Value, others));
        AddProduct(_twice, ofClass, (2 * _negativesBelow.Value) + others);
        _precision.Add(ofClass * (cut.TruePositives / cut.Chosen));
        Draw(cut);
        Choose(cut);
        _positivesFrom.Add(-ofClass);
        _negativesFrom.Add(-others);
        _negativesBelow.Add(others);
        (_run, _below) = (default, score);
    }

    // What the product loses by rounding is a double, too.
    private static void AddProduct(ExactSum sum, double a, double b)
    {
        var product = a * b;
        sum.Add(product);
        sum.Add(Math.FusedMultiplyAdd(a, b, -product));
    }

    // Closer to each other where few examples are left: there a precision changes fast.
    private void Draw(Cut cut)
    {
        if (double.IsInfinity(_drawn) || _drawn - cut.Chosen >= Math.Min((positives + negatives) / MostPoints, 1 + Math.Floor(cut.Chosen / 20)))
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
            positives == 0 || negatives == 0 ? null : _twice.Value / (2 * (positives * negatives)),
            positives == 0 ? null : _precision.Value / positives,
            _points,
            positives == 0 || negatives == 0 ? null : _chosen,
            positives,
            negatives);
    }
}
