namespace Granary.Jobs;

/// <summary>What an example of each class weighs.</summary>
public static class ClassWeightPlan
{
    /// <summary>Whether the shards must count their classes.</summary>
    public static bool IsNeeded(TrainingSection training) => training.ClassWeights is { ByLabel: null };

    /// <summary>Weights given by label, in class order; null where the job gives none.</summary>
    /// <param name="training">The job's training section.</param>
    /// <param name="classes">Label names in class order.</param>
    /// <param name="source">The source's name, for messages.</param>
    /// <exception cref="JobException">A weight is given to a label that does not occur, or to one twice.</exception>
    public static double[]? Given(TrainingSection training, IReadOnlyList<string> classes, string source)
    {
        if (training.ClassWeights?.ByLabel is not { } weights)
        {
            return null;
        }

        var index = new LabelIndex(classes);
        var (given, by) = (Enumerable.Repeat(1.0, classes.Count).ToArray(), new string?[classes.Count]);
        foreach (var label in weights.Keys.Order(StringComparer.Ordinal))
        {
            var id = index.Find(label) ?? throw new JobException($"training.classWeights gives a weight to '{label}', a label that does not occur in {source}."
                + $"{(Nearest.To(label, classes) is { } near ? $" Did you mean '{near}'?" : "")} Its labels are: {string.Join(", ", classes.Take(20))}{(classes.Count > 20 ? ", ..." : "")}.");
            if (by[id] is { } other)
            {
                throw new JobException($"training.classWeights gives weights to '{other}' and to '{label}', which are the same label. Keep one of them.");
            }

            (given[id], by[id]) = (weights[label], label);
        }

        return given;
    }

    /// <summary>N / (K n_c): every class weighs the same in all, and the examples 1 on average (King and Zeng, 2001).</summary>
    /// <param name="counts">n_c of each shard, in class order.</param>
    public static double[] Balanced(IReadOnlyList<long[]> counts)
    {
        var all = Enumerable.Range(0, counts[0].Length).Select(c => counts.Sum(shard => shard[c])).ToArray();
        var present = all.Count(n => n > 0);

        // A class that was held out to its last example is not trained on: what it weighs only shows in held-out losses.
        return [.. all.Select(n => n == 0 ? 1 : (double)all.Sum() / ((double)present * n))];
    }
}
