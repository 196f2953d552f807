namespace Granary.Jobs;

/// <summary>Finds out with the shards which rows are held out, exactly: the same rows for any number of shards.</summary>
internal static class SplitPlan
{
    /// <summary>The facts with the bands of the rows held out, and each shard's counts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="rule">Its rule.</param>
    /// <param name="facts">What is known already; every row counts as one to train on.</param>
    /// <param name="ask">Asks every shard, and gives their answers in shard order.</param>
    /// <exception cref="JobException">A part is left empty, or a fold lacks a class.</exception>
    public static async Task<DataFacts> Find(Job job, SplitRule rule, DataFacts facts, Func<DataFacts, Task<IReadOnlyList<TrainingStatistics>>> ask)
    {
        async Task<SplitAnswer[]> Ask(SplitQuestion question) => [.. (await ask(facts with { SplitQuestion = question })).Select(a => a.Split!)];
        var parts = rule.HasGroups ? await OfGroups(job, rule, Ask)
            : rule.IsInOrder || rule.HasTimes ? [await OfLatest(rule, facts.TrainingRows.Sum(), Ask)]
            : await OfRows(rule, facts, Ask);
        var answers = await Ask(new SplitQuestion { Parts = parts });
        var own = rule.Fold is { } fold ? fold.Number - 1 : 0;
        facts = facts with
        {
            TrainingRows = [.. answers.Select(a => a.All!.Sum() - a.Parts![own].Sum())],
            ValidationRows = [.. answers.Select(a => a.Parts![own].Sum())],
            HeldOut = parts[own],
        };
        SplitRefusals.Check(job, rule, facts, Added(answers.Select(a => a.All!)), [.. parts.Select((_, p) => Added(answers.Select(a => a.Parts![p])))]);
        return facts;
    }

    private static long[] Added(IEnumerable<long[]> counts) => counts.Aggregate((a, b) => [.. a.Zip(b, (x, y) => x + y)]);

    // A group's side does not depend on the other groups; its fold does, or folds of few groups would be very uneven.
    private static async Task<IReadOnlyList<KeyBand>[]> OfGroups(Job job, SplitRule rule, Func<SplitQuestion, Task<SplitAnswer[]>> ask)
    {
        if (rule.Fold is not { } fold)
        {
            var end = decimal.Floor(rule.Fraction * (ulong.MaxValue + 1m));
            return [[end == 0 ? KeyBand.Empty : new KeyBand(0, (ulong)(end - 1))]];
        }

        var groups = await GroupKeys.Of(ask);
        if (groups.Count < fold.Of)
        {
            throw SplitRefusals.FewGroups(job, groups.Count, fold);
        }

        return [.. Enumerable.Range(0, fold.Of).Select(f => new[]
        {
            new KeyBand(groups[(int)((long)groups.Count * f / fold.Of)], groups[(int)((long)groups.Count * (f + 1) / fold.Of) - 1]),
        })];
    }

    // The training part is floor((1 - f) N) rows, as it is of a text. Rows of the time at which the other begins are all held out.
    private static async Task<IReadOnlyList<KeyBand>> OfLatest(SplitRule rule, long rows, Func<SplitQuestion, Task<SplitAnswer[]>> ask)
    {
        var before = (long)decimal.Floor((1 - rule.Fraction) * rows);
        return before == rows ? [KeyBand.Empty]
            : [new KeyBand(rule.IsInOrder ? (ulong)before : (await Keys([(0, before)], ask))[0], ulong.MaxValue)];
    }

    private static async Task<IReadOnlyList<KeyBand>[]> OfRows(SplitRule rule, DataFacts facts, Func<SplitQuestion, Task<SplitAnswer[]>> ask)
    {
        long[] rows = rule.HasStrata ? await Totals(facts.Classes.Count, ask) : [facts.TrainingRows.Sum()];
        var sizes = rule.Fold is { } fold ? StratumSizes.Folds(fold.Of, rows) : [.. StratumSizes.Held(rule.Fraction, rows).Select(held => new[] { held })];
        var borders = sizes.SelectMany((parts, stratum) => Ends(parts).Where(end => end > 0 && end < rows[stratum]).Select(end => (stratum, end))).Distinct().ToArray();
        var keys = borders.Zip(await Keys(borders, ask)).ToDictionary(b => b.First, b => b.Second);
        return [.. Enumerable.Range(0, sizes[0].Length).Select(part => sizes.Select((parts, stratum) =>
        {
            var end = Ends(parts)[part];
            return parts[part] == 0 ? KeyBand.Empty
                : new KeyBand(end == parts[part] ? 0 : keys[(stratum, end - parts[part])], end == rows[stratum] ? ulong.MaxValue : keys[(stratum, end)] - 1);
        }).ToArray())];
    }

    private static long[] Ends(long[] parts)
    {
        var end = 0L;
        return [.. parts.Select(p => end += p)];
    }

    private static async Task<long[]> Totals(int strata, Func<SplitQuestion, Task<SplitAnswer[]>> ask)
    {
        var answers = await ask(new SplitQuestion { Ranges = [.. Enumerable.Range(0, strata).Select(s => new KeyRange(s, -1, 0, 0))] });
        return [.. Enumerable.Range(0, strata).Select(s => answers.Sum(a => a.Ranges![s].Sum()))];
    }

    // The keys with so many others of the stratum before them.
    private static async Task<IReadOnlyList<ulong>> Keys(IReadOnlyList<(int Stratum, long Rank)> wanted, Func<SplitQuestion, Task<SplitAnswer[]>> ask)
    {
        var search = new RankSearch(wanted.Select(w => new RankSearch.Sought(w.Stratum, -1, w.Rank)));
        while (!search.IsDone)
        {
            search.Take([.. (await ask(new SplitQuestion { Ranges = search.Questions })).Select(a => a.Ranges!)]);
        }

        return search.FoundKeys;
    }
}
