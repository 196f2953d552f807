using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>What the probabilities that a model gives add up to over some examples. Sums are kept without rounding (<see cref="ExactSum.Parts"/>), so that the
/// figures are the same to the bit however the examples were spread.</summary>
/// <param name="Count">Examples; for labels that stand each for itself, labels of examples. Where they are weighted, this and all else is of their weights.</param>
/// <param name="Brier">Sum of squared distances between probabilities and truths.</param>
/// <param name="LogLoss">Sum of -ln(probability of the truth).</param>
/// <param name="BinCounts">Examples in each of ten bins of equal width by probability.</param>
/// <param name="BinHits">Examples of each bin that are what was said.</param>
/// <param name="BinSums">For each bin the sum of its probabilities.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record ProbabilitySums(double Count, double[] Brier, double[] LogLoss, double[] BinCounts, double[] BinHits, double[][] BinSums)
{
    /// <summary>Those of several shards; null where none has any.</summary>
    public static ProbabilitySums? Of(IEnumerable<ProbabilitySums?> shards)
    {
        var tally = new ProbabilityTally();
        var any = false;
        foreach (var shard in shards.OfType<ProbabilitySums>())
        {
            (any, _) = (true, tally.Add(shard));
        }

        return any ? tally.Sums : null;
    }

    /// <summary>The figures.</summary>
    public ProbabilityFigures Figures()
    {
        var bins = new List<CalibrationBin>();
        var error = new ExactSum();
        for (var b = 0; b < ProbabilityTally.Bins; b++)
        {
            var (count, mean) = (BinCounts[b], BinCounts[b] > 0 ? new ExactSum(BinSums[b]).Value / BinCounts[b] : 0);
            var share = count > 0 ? BinHits[b] / count : 0;
            bins.Add(new CalibrationBin(ProbabilityTally.Edge(b), ProbabilityTally.Edge(b + 1), count, count > 0 ? mean : null, count > 0 ? share : null));
            error.Add(count / Count * Math.Abs(share - mean));
        }

        return new ProbabilityFigures(new ExactSum(Brier).Value / Count, new ExactSum(LogLoss).Value / Count, error.Value, bins);
    }
}

/// <summary>Adds the probabilities of examples up.</summary>
public sealed class ProbabilityTally
{
    /// <summary>Bins of a calibration curve.</summary>
    public const int Bins = 10;

    // As scikit-learn: a probability of 0 that comes true does not make the mean infinite.
    private const double Least = 2.220446049250313e-16;

    private readonly ExactSum _brier = new();
    private readonly ExactSum _logLoss = new();
    private readonly double[] _counts = new double[Bins];
    private readonly double[] _hits = new double[Bins];
    private readonly ExactSum[] _sums = [.. Enumerable.Range(0, Bins).Select(_ => new ExactSum())];
    private double _count;

    /// <summary>Where a bin begins: numpy's linspace(0, 1, 11), to the bit.</summary>
    public static double Edge(int bin) => bin == Bins ? 1 : bin * 0.1;

    /// <summary>Adds one example of one of several classes.</summary>
    /// <param name="probabilities">[K] of each class.</param>
    /// <param name="truth">The class it is of.</param>
    /// <param name="weight">What it weighs.</param>
    public void Add(ReadOnlySpan<double> probabilities, int truth, double weight = 1)
    {
        if (probabilities.Length == 2)
        {
            Add(probabilities[1], truth == 1, weight);
            return;
        }

        var (greatest, distance) = (0, 0.0);
        for (var k = 0; k < probabilities.Length; k++)
        {
            var off = probabilities[k] - (k == truth ? 1 : 0);
            distance += off * off;
            greatest = probabilities[k] > probabilities[greatest] ? k : greatest;
        }

        Add(distance, probabilities[truth], probabilities[greatest], greatest == truth, weight);
    }

    /// <summary>Adds one example of one of two classes, or one label of an example.</summary>
    /// <param name="probability">Of the second class, or of the label.</param>
    /// <param name="truth">Whether it is.</param>
    /// <param name="weight">What it weighs.</param>
    public void Add(double probability, bool truth, double weight = 1)
    {
        var off = probability - (truth ? 1 : 0);
        Add(off * off, truth ? probability : 1 - probability, probability, truth, weight);
    }

    private void Add(double distance, double ofTruth, double said, bool hit, double weight)
    {
        _count += weight;
        _brier.Add(weight * distance);
        _logLoss.Add(-weight * Math.Log(Math.Clamp(ofTruth, Least, 1 - Least)));
        var bin = 0;
        while (bin < Bins - 1 && said > Edge(bin + 1))
        {
            bin++;
        }

        _counts[bin] += weight;
        _hits[bin] += hit ? weight : 0;
        _sums[bin].Add(weight * said);
    }

    /// <summary>Adds what a shard has added up.</summary>
    public ProbabilityTally Add(ProbabilitySums shard)
    {
        _count += shard.Count;
        _brier.Add(shard.Brier);
        _logLoss.Add(shard.LogLoss);
        for (var b = 0; b < Bins; b++)
        {
            _counts[b] += shard.BinCounts[b];
            _hits[b] += shard.BinHits[b];
            _sums[b].Add(shard.BinSums[b]);
        }

        return this;
    }

    /// <summary>All that has been added.</summary>
    public ProbabilitySums Sums => new(_count, _brier.Parts, _logLoss.Parts, [.. _counts], [.. _hits], [.. _sums.Select(s => s.Parts)]);
}
