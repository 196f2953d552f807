using System.Globalization;

namespace Granary.Jobs;

/// <summary>What is said of a split that leaves a part without what it needs.</summary>
internal static class SplitRefusals
{
    /// <summary>Refuses a part without rows, and a fold without a class.</summary>
    /// <param name="job">The job.</param>
    /// <param name="rule">How it splits.</param>
    /// <param name="facts">With each shard's counts.</param>
    /// <param name="all">All rows, by class; one number where there are no classes.</param>
    /// <param name="parts">The same of each fold, or of what is held out.</param>
    public static void Check(Job job, SplitRule rule, DataFacts facts, long[] all, long[][] parts)
    {
        var (held, training) = (facts.ValidationRows.Sum(), facts.TrainingRows.Sum());
        if (rule.Fold is { } fold)
        {
            RefuseFewRows(job, fold, all.Sum());
            if (job.Data.HasClasses)
            {
                RefuseWithoutClass(job, fold, facts.Classes, all, parts);
            }
        }
        else if (held == 0 || training == 0)
        {
            throw Empty(job, rule, held == 0, all.Sum());
        }

        DataPlan.CheckBatch(job, training, "rows");
    }

    /// <summary>Fewer groups than folds.</summary>
    public static JobException FewGroups(Job job, int groups, Fold fold) =>
        new($"{Source(job)}: data.validation.fold is {fold}, but the column '{job.Data.Validation.Group}' (data.validation.group) has {Plural.Of(groups, "group")}: a fold would be empty. "
            + (groups < 2 ? "Choose another data.validation.group." : $"Take {groups} folds or fewer."));

    private static void RefuseFewRows(Job job, Fold fold, long rows)
    {
        if (rows < fold.Of)
        {
            throw new JobException($"{Source(job)}: data.validation.fold is {fold}, but there {(rows == 1 ? "is" : "are")} {Plural.Of(rows, "row")}: a fold would be empty. "
                + (rows < 2 ? "Give more data." : $"Take {rows} folds or fewer."));
        }
    }

    private static void RefuseWithoutClass(Job job, Fold fold, IReadOnlyList<string> classes, long[] all, long[][] parts)
    {
        for (var c = 0; c < classes.Count; c++)
        {
            for (var f = 0; f < parts.Length; f++)
            {
                if (parts[f][c] == 0 || parts[f][c] == all[c])
                {
                    throw new JobException($"{Source(job)}: fold {f + 1} of {fold.Of} {(parts[f][c] == 0 ? "holds out no row" : "holds out every row")} of the class '{classes[c]}', which has {Plural.Of(all[c], "row")}. {Remedy(job, all[c], fold)}");
                }
            }
        }
    }

    private static string Remedy(Job job, long rows, Fold fold) => rows < fold.Of
            ? rows < 2 ? "Leave this class out, or give more rows of it." : $"Take {rows} folds or fewer with data.validation.stratified: true, or leave this class out."
        : job.Data.Validation.Group is not null ? "Take fewer folds, another training.seed, or another data.validation.group."
        : "Set data.validation.stratified to true.";

    private static JobException Empty(Job job, SplitRule rule, bool heldOut, long rows)
    {
        var fraction = string.Create(CultureInfo.InvariantCulture, $"data.validation.fraction is {job.Data.Validation.Fraction}");
        var (none, what) = (heldOut ? "nothing is held out" : "nothing is left to train on", Plural.Of(rows, "row"));
        return new JobException(rule switch
        {
            { HasGroups: true } => $"{Source(job)}: {none} of its {what}: {fraction}, and the groups of '{job.Data.Validation.Group}' (data.validation.group) are so few that all fell on one side. "
                + $"Set a {(heldOut ? "greater" : "smaller")} fraction, another training.seed, or another group.",
            { HasTimes: true } when !heldOut => $"{Source(job)}: {none} of its {what}: {fraction}, and the first of them are of the time at which the latest begin ('{job.Data.Validation.Time}', data.validation.time). "
                + "Rows of one time are not parted: set a smaller fraction, or give times more exactly.",
            _ => $"{Source(job)}: {none} of its {what}: {fraction}. Set a {(heldOut ? "greater" : "smaller")} one.",
        });
    }

    private static string Source(Job job) => DataFiles.NameOf(job.Data.Path);
}
