namespace Granary.Jobs;

/// <summary>Merges the shards' moments into what every feature is filled and standardised with.</summary>
public static class FeaturePlan
{
    private const double Rounding = 1.0 / (1L << 53);
    private const int RoundingsOfMean = 16;

    /// <summary>Whether the shards must tell their moments.</summary>
    public static bool IsNeeded(DataSection data) => data.Columns is null && (data.Standardize || data.Missing == MissingValues.Mean);

    /// <summary>Merges moments along the sum tree, in float64, and adds what the job asks for to the facts.</summary>
    /// <param name="data">The job's data section.</param>
    /// <param name="facts">What is known already.</param>
    /// <param name="moments">One per shard, in shard order.</param>
    /// <exception cref="JobException">A column has no value in the whole training part.</exception>
    public static DataFacts Complete(DataSection data, DataFacts facts, IReadOnlyList<FeatureMoments> moments)
    {
        var all = Merge(moments);
        if (Array.IndexOf(all.Counts, 0) is >= 0 and var empty)
        {
            throw new JobException($"{DataFiles.NameOf(data.Path)}: column '{facts.Columns[empty]}' has no value in the training part, "
                + "so there is no mean to fill it with. Name it in data.ignore.");
        }

        // A filled value lies at the mean: it adds an example, and nothing to the squares.
        var examples = facts.TrainingRows.Sum();
        return facts with
        {
            Fill = data.Missing == MissingValues.Mean ? all.Mean : null,
            Scaling = data.Standardize ? new Scaling(all.Mean, [.. Enumerable.Range(0, all.Mean.Length).Select(i => Deviation(all.SquaredDeviations[i] / examples, all.Mean[i]))]) : null,
        };
    }

    /// <summary>A standard deviation, or 0 where it is no more than the mean's rounding.</summary>
    // Equal numbers have a mean that is off by a rounding, and then a deviation that is nothing but this error: 0 stands for it,
    // since dividing by it would make numbers of any size out of noise. Shards sum with what is rounded away, and the tree is shallow:
    // the error is a few roundings of the mean, however many the examples are, so that nothing larger is taken for it.
    internal static double Deviation(double variance, double mean)
    {
        var deviation = Math.Sqrt(variance);
        return deviation <= RoundingsOfMean * Math.Abs(mean) * Rounding ? 0 : deviation;
    }

    /// <summary>Those of all shards, merged along the sum tree.</summary>
    /// <param name="moments">One per shard, in shard order.</param>
    public static FeatureMoments Merge(IReadOnlyList<FeatureMoments> moments) => new SumTree(moments.Count).Merge(v => moments[v], Merge)!;

    // Chan, Golub and LeVeque, 1979.
    private static FeatureMoments Merge(FeatureMoments a, FeatureMoments b)
    {
        var features = a.Mean.Length;
        var (counts, mean, squares) = (new long[features], new double[features], new double[features]);
        for (var i = 0; i < features; i++)
        {
            // A part without a value has no mean of its own to bring in.
            var only = a.Counts[i] == 0 ? b : b.Counts[i] == 0 ? a : null;
            if (only is not null)
            {
                (counts[i], mean[i], squares[i]) = (only.Counts[i], only.Mean[i], only.SquaredDeviations[i]);
                continue;
            }

            var delta = b.Mean[i] - a.Mean[i];
            counts[i] = a.Counts[i] + b.Counts[i];
            mean[i] = a.Mean[i] + (delta * b.Counts[i] / counts[i]);
            squares[i] = a.SquaredDeviations[i] + b.SquaredDeviations[i] + (delta * delta * ((double)a.Counts[i] * b.Counts[i] / counts[i]));
        }

        return new FeatureMoments(counts, mean, squares);
    }
}
