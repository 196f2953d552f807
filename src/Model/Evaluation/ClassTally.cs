using Granary.Jobs;

namespace Granary.Model.Evaluation;

/// <summary>Examples with one score: runs of them rise by score.</summary>
/// <param name="Score">Probability of a class.</param>
/// <param name="Positives">Examples of it, or what they weigh.</param>
/// <param name="Negatives">Other examples, likewise.</param>
public readonly record struct ScoreRun(double Score, double Positives, double Negatives);

/// <summary>What predictions of classes add up to over some examples.</summary>
/// <param name="Confusion">How often (truth, prediction) occurred, or what these examples weigh.</param>
/// <param name="Probabilities">What the probabilities add up to; null where the model gives none.</param>
/// <param name="Scores">How each class ranks the examples; null where the model gives no probabilities, or they are too many to be kept.</param>
public sealed record ClassCounts(IReadOnlyDictionary<(int Truth, int Predicted), double> Confusion, ProbabilitySums? Probabilities, RankedScores? Scores);

/// <summary>Adds predictions of classes up.</summary>
/// <param name="classes">K.</param>
/// <param name="givesProbabilities">Whether predictions come with the probability of each class.</param>
/// <param name="mostScores">So many scores are kept at most, 9 bytes each, 17 where examples are weighted; where there are more, none is.</param>
public sealed class ClassTally(int classes, bool givesProbabilities, long mostScores)
{
    private readonly Dictionary<(int, int), double> _confusion = [];
    private readonly ProbabilityTally _probabilities = new();
    private readonly IReadOnlyList<int> _ranked = givesProbabilities ? ClassTable.Ranked(classes) : [];
    private readonly List<bool> _positive = []; // list by list, example by example
    private readonly List<double> _weights = []; // of each score, where examples are weighted
    private List<double>? _scores = [];

    /// <summary>Adds one.</summary>
    /// <param name="truth">The example's class.</param>
    /// <param name="said">What the model says of it.</param>
    /// <param name="weight">What it weighs; null: 1, as all others do.</param>
    public void Add(int truth, Prediction.Prediction said, double? weight = null)
    {
        _confusion[(truth, said.Class)] = _confusion.GetValueOrDefault((truth, said.Class)) + (weight ?? 1);
        if (!givesProbabilities)
        {
            return;
        }

        _probabilities.Add(said.Values, truth, weight ?? 1);
        if (_scores?.Count + _ranked.Count > mostScores || _ranked.Any(k => double.IsNaN(said.Values[k])))
        {
            _scores = null; // a model that has diverged ranks nothing
        }

        foreach (var k in _scores is null ? [] : _ranked)
        {
            _scores!.Add(said.Values[k]);
            _positive.Add(truth == k);
            if (weight is { } own)
            {
                _weights.Add(own);
            }
        }
    }

    /// <summary>What they add up to.</summary>
    public ClassCounts Result()
    {
        var sums = givesProbabilities ? _probabilities.Sums : null;
        return new ClassCounts(
            _confusion, sums?.Count > 0 ? sums : null, _scores is null || _ranked.Count == 0 ? null : new RankedScores(_ranked, [.. _scores], [.. _positive], _weights.Count > 0 ? [.. _weights] : null));
    }
}

/// <summary>The scores of some examples, by class.</summary>
/// <param name="classes">The classes that rank them.</param>
/// <param name="scores">[examples, classes], row by row.</param>
/// <param name="positive">Whether the example is of the class.</param>
/// <param name="weights">What each example weighs, for each of its scores; null: 1.</param>
public sealed class RankedScores(IReadOnlyList<int> classes, double[] scores, bool[] positive, double[]? weights = null)
{
    /// <summary>Stands for all pairs of an example and a class.</summary>
    public const int Pooled = -1;

    private (int List, ScoreRun[] Runs)? _last;

    /// <summary>The scores of one class, rising; each once. The last answer is kept.</summary>
    /// <param name="list">The class, or <see cref="Pooled"/>.</param>
    public ScoreRun[] Runs(int list)
    {
        if (_last?.List != list)
        {
            _last = (list, Sorted(list));
        }

        return _last!.Value.Runs;
    }

    private ScoreRun[] Sorted(int list)
    {
        var (first, every) = list == Pooled ? (0, 1) : (classes.ToList().IndexOf(list), classes.Count);
        var count = scores.Length / every;
        var (keys, places) = (new double[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            (keys[i], places[i]) = (scores[first + (i * every)], first + (i * every));
        }

        Array.Sort(keys, places);
        var runs = new List<ScoreRun>();
        for (var i = 0; i < count; i++)
        {
            var weight = weights is null ? 1 : weights[places[i]];
            var isNext = i > 0 && keys[i] == keys[i - 1];
            var run = isNext ? runs[^1] : new ScoreRun(keys[i], 0, 0);
            run = positive[places[i]] ? run with { Positives = run.Positives + weight } : run with { Negatives = run.Negatives + weight };
            if (isNext)
            {
                runs[^1] = run;
            }
            else
            {
                runs.Add(run);
            }
        }

        return [.. runs];
    }
}
