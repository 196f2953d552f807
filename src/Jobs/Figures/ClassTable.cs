namespace Granary.Jobs;

/// <summary>Makes a classifier's figures from counts. Plain rules.</summary>
public static class ClassTable
{
    /// <summary>A larger matrix is not kept with a job's figures.</summary>
    public const int MostInMatrix = 100;

    // One more pass over all scores each.
    private const int MostRanked = 100;

    /// <summary>The classes whose ranks are asked for: of two classes the second, of more than 100 none.</summary>
    public static IReadOnlyList<int> Ranked(int classes) => classes == 2 ? [1] : classes > MostRanked ? [] : [.. Enumerable.Range(0, classes)];

    /// <summary>For examples of one class each.</summary>
    /// <param name="names">The classes.</param>
    /// <param name="confusion">How often a class was taken for another or for itself; where examples are weighted, what these weigh.</param>
    /// <param name="probabilities">What the probabilities add up to; null where there are none.</param>
    /// <param name="ranks">By class: where it ranks the examples; null where it does not.</param>
    /// <param name="pooled">All pairs of an example and a class ranked together; null where they are not.</param>
    /// <param name="examples">How many examples there are; null: each weighs 1.</param>
    public static ClassFigures Of(
        IReadOnlyList<string> names, IReadOnlyCollection<(int Truth, int Predicted, double Count)> confusion, ProbabilitySums? probabilities,
        IReadOnlyDictionary<int, RankFigures> ranks, RankFigures? pooled, long? examples = null)
    {
        var (right, support, predicted) = (new double[names.Count], new double[names.Count], new double[names.Count]);
        foreach (var (truth, said, count) in confusion)
        {
            support[truth] += count;
            predicted[said] += count;
            right[truth] += truth == said ? count : 0;
        }

        var (all, hits) = (support.Sum(), right.Sum());
        return Of(names, examples ?? (long)all, hits / all, right, support, predicted, ranks, pooled) with
        {
            Probabilities = probabilities?.Figures(),
            Confusion = names.Count <= MostInMatrix ? Matrix(names.Count, confusion) : null,
        };
    }

    /// <summary>The labels whose ranks are asked for: of more than 100 none.</summary>
    public static IReadOnlyList<int> RankedLabels(int labels) => labels > MostRanked ? [] : [.. Enumerable.Range(0, labels)];

    /// <summary>For examples of any number of labels each. Means go over all labels.</summary>
    /// <param name="names">The labels.</param>
    /// <param name="examples">How many examples there are.</param>
    /// <param name="sums">What they have and are said to have.</param>
    /// <param name="ranks">As above.</param>
    /// <param name="pooled">As above.</param>
    public static ClassFigures Of(IReadOnlyList<string> names, long examples, LabelSums sums, IReadOnlyDictionary<int, RankFigures> ranks, RankFigures? pooled) =>
        Of(names, examples, sums.Exact / sums.Weight, sums.Right, sums.Support, sums.Predicted, ranks, pooled, all: true) with
        {
            HammingLoss = Enumerable.Range(0, names.Count).Sum(k => sums.Support[k] + sums.Predicted[k] - (2 * sums.Right[k])) / (sums.Weight * names.Count),
        };

    private static ClassFigures Of(
        IReadOnlyList<string> names, long examples, double accuracy, double[] right, double[] support, double[] predicted,
        IReadOnlyDictionary<int, RankFigures> ranks, RankFigures? pooled, bool all = false)
    {
        OneClass[] rows = [.. names.Select((name, k) => new OneClass(
            name, support[k], predicted[k], Part(right[k], predicted[k]), Part(right[k], support[k]), Part(2 * right[k], support[k] + predicted[k]),
            ranks.GetValueOrDefault(k)?.RocAuc, ranks.GetValueOrDefault(k)?.AveragePrecision))];
        var (hits, truths, said) = (right.Sum(), support.Sum(), predicted.Sum());
        var occur = rows.Where(r => all || r.Support + r.Predicted > 0).ToArray();
        return new ClassFigures
        {
            Examples = examples,
            Accuracy = accuracy,
            Classes = rows,
            Macro = Average(occur, _ => 1, ranks.Count > 1),
            Micro = new AveragedFigures(Part(hits, said), Part(hits, truths), Part(2 * hits, truths + said), pooled?.RocAuc, pooled?.AveragePrecision),
            Weighted = Average(occur, r => r.Support, ranks.Count > 1),
        };
    }

    /// <summary>The counts of two classes under a threshold.</summary>
    /// <param name="cut">What the threshold does.</param>
    /// <param name="positives">Examples of the second class.</param>
    /// <param name="negatives">Examples of the first.</param>
    public static IReadOnlyCollection<(int Truth, int Predicted, double Count)> Under(Cut cut, double positives, double negatives) =>
    [
        (0, 0, negatives - cut.FalsePositives), (0, 1, cut.FalsePositives), (1, 0, positives - cut.TruePositives), (1, 1, cut.TruePositives),
    ];

    private static double Part(double some, double all) => all == 0 ? 0 : some / all;

    // Of two classes one alone is ranked: a mean would be its own.
    private static AveragedFigures Average(IReadOnlyList<OneClass> rows, Func<OneClass, double> weight, bool hasAreas) => new(
        Mean(rows, weight, r => r.Precision) ?? 0, Mean(rows, weight, r => r.Recall) ?? 0, Mean(rows, weight, r => r.F1) ?? 0,
        hasAreas ? Mean(rows, weight, r => r.RocAuc) : null, hasAreas ? Mean(rows, weight, r => r.AveragePrecision) : null);

    private static double? Mean(IReadOnlyList<OneClass> rows, Func<OneClass, double> weight, Func<OneClass, double?> figure)
    {
        var (sum, weights) = (new ExactSum(), 0.0);
        foreach (var row in rows)
        {
            if (figure(row) is { } value)
            {
                sum.Add(weight(row) * value);
                weights += weight(row);
            }
        }

        return weights > 0 ? sum.Value / weights : null;
    }

    private static double[][] Matrix(int classes, IReadOnlyCollection<(int Truth, int Predicted, double Count)> confusion)
    {
        var matrix = Enumerable.Range(0, classes).Select(_ => new double[classes]).ToArray();
        foreach (var (truth, said, count) in confusion)
        {
            matrix[truth][said] += count;
        }

        return matrix;
    }
}
