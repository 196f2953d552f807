using Granary.Jobs;

namespace Granary.Model.Evaluation;

/// <summary>What predictions of several labels add up to.</summary>
/// <param name="Sums">What rows have and are said to have.</param>
/// <param name="Probabilities">What the labels' probabilities add up to, each label of each row for itself; null without rows.</param>
/// <param name="Scores">How each label ranks the rows; null where they are too many to be kept.</param>
public sealed record LabelCounts(LabelSums Sums, ProbabilitySums? Probabilities, RankedScores? Scores);

/// <summary>Adds predictions of several labels up.</summary>
/// <param name="labels">K.</param>
/// <param name="mostScores">So many scores are kept at most; where there are more, none is.</param>
public sealed class LabelTally(int labels, long mostScores)
{
    private readonly double[] _right = new double[labels];
    private readonly double[] _support = new double[labels];
    private readonly double[] _predicted = new double[labels];
    private readonly ProbabilityTally _probabilities = new();
    private readonly IReadOnlyList<int> _ranked = ClassTable.RankedLabels(labels);
    private readonly List<bool> _positive = []; // row by row
    private readonly List<double> _weights = []; // of each score, where rows are weighted
    private List<double>? _scores = [];
    private double _weight;
    private double _exact;

    /// <summary>Adds one row.</summary>
    /// <param name="truths">[K] 1 for each label that it has, else 0.</param>
    /// <param name="said">What the model says of it.</param>
    /// <param name="weight">What it weighs; null: 1, as all others do.</param>
    public void Add(ReadOnlySpan<long> truths, Prediction.Prediction said, double? weight = null)
    {
        var (w, isExact) = (weight ?? 1, true);
        for (var k = 0; k < truths.Length; k++)
        {
            var (has, isSaid) = (truths[k] == 1, said.Labels![k]);
            _support[k] += has ? w : 0;
            _predicted[k] += isSaid ? w : 0;
            _right[k] += has && isSaid ? w : 0;
            isExact &= has == isSaid;
            _probabilities.Add(said.Values[k], has, w);
        }

        (_weight, _exact) = (_weight + w, _exact + (isExact ? w : 0));
        if (_scores?.Count + _ranked.Count > mostScores || Array.Exists(said.Values, double.IsNaN))
        {
            _scores = null; // a model that has diverged ranks nothing
        }

        foreach (var k in _scores is null ? [] : _ranked)
        {
            _scores!.Add(said.Values[k]);
            _positive.Add(truths[k] == 1);
            if (weight is { } own)
            {
                _weights.Add(own);
            }
        }
    }

    /// <summary>What they add up to.</summary>
    public LabelCounts Result() => new(
        new LabelSums(_weight, _exact, _right, _support, _predicted),
        _probabilities.Sums is { Count: > 0 } sums ? sums : null,
        _scores is null || _ranked.Count == 0 ? null : new RankedScores(_ranked, [.. _scores], [.. _positive], _weights.Count > 0 ? [.. _weights] : null));
}
