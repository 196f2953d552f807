namespace Granary.Jobs;

/// <summary>Fits the columns of a table to the training part, by what all shards have found.</summary>
internal static class ColumnPlan
{
    /// <summary>The facts with every column fitted, and the features that the columns become.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">What is known already, columns not fitted.</param>
    /// <param name="found">Of each column, by each shard.</param>
    /// <param name="ask">Asks every shard more.</param>
    /// <exception cref="JobException">A column cannot be used: it is constant, has too many categories, or no value.</exception>
    public static async Task<DataFacts> Fit(
        Job job, DataFacts facts, IReadOnlyList<IReadOnlyList<ColumnFindings>> found, Func<DataFacts, Task<IReadOnlyList<TrainingStatistics>>> ask)
    {
        try
        {
            var columns = facts.Table!.Columns.ToArray();
            ColumnFindings[] all = [.. Enumerable.Range(0, columns.Length).Select(c => found.Select(shard => shard[c]).Aggregate((a, b) => a.With(b)))];
            for (var c = 0; c < columns.Length; c++)
            {
                ColumnRefusals.Check(job.Data, columns[c], all[c]);
            }

            var numbers = Enumerable.Range(0, columns.Length).Where(c => columns[c].KindOf is NumberKind)
                .ToDictionary(c => c, c => new NumberFit(c, columns[c], (NumberKind)columns[c].KindOf, all[c]));
            var fills = await Find(numbers, n => n.ForFill(), facts, ask);
            var scales = await Find(numbers, n => n.ForScale(fills[n]), facts, ask);
            var table = new TableEncoding([.. columns.Select((column, c) => numbers.TryGetValue(c, out var fit) ? fit.Fitted(scales[fit]) : ((TextKind)column.KindOf).Fit(column, all[c]))]);
            return Complete(job, facts with { Table = table });
        }
        catch (JobException e)
        {
            throw new JobException($"{DataFiles.NameOf(job.Data.Path)}: {e.Message}");
        }
    }

    private static DataFacts Complete(Job job, DataFacts facts)
    {
        var encoder = new TableEncoder(facts.Table!);
        var features = encoder.Features;
        if (features.GroupBy(f => f, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new JobException($"two columns both give a feature that is called '{twice.Key}'. Rename one of them.");
        }

        facts = facts with { Columns = features, Shape = facts.Shape with { Features = features.Count, Embedded = encoder.Embedded } };
        DataPlan.CheckModel(job, facts.Shape);
        return facts;
    }

    // What each column looks for, all of them at once.
    private static async Task<Dictionary<NumberFit, IReadOnlyList<double>>> Find(
        IReadOnlyDictionary<int, NumberFit> columns, Func<NumberFit, IEnumerable<RankSearch.Sought>> wants, DataFacts facts, Func<DataFacts, Task<IReadOnlyList<TrainingStatistics>>> ask)
    {
        var sought = columns.Values.ToDictionary(c => c, c => wants(c).ToArray());
        var search = new RankSearch(sought.Values.SelectMany(s => s));
        while (!search.IsDone)
        {
            var answers = await ask(facts with { Search = search.Questions });
            search.Take([.. answers.Select(a => a.Ranks!)]);
        }

        var (found, at) = (new Dictionary<NumberFit, IReadOnlyList<double>>(), 0);
        foreach (var (column, some) in sought)
        {
            found[column] = [.. search.Found.Skip(at).Take(some.Length)];
            at += some.Length;
        }

        return found;
    }
}
