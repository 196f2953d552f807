namespace Granary.Jobs;

/// <summary>The second look at the data: which rows are held out, where that takes one, and what the training parts are like.</summary>
public static class StatisticsPlan
{
    /// <summary>Whether the job asks for anything of the training parts.</summary>
    public static bool IsNeeded(Job job) =>
        FeaturePlan.IsNeeded(job.Data) || ClassWeightPlan.IsNeeded(job.Training) || job.Data.StandardizeTarget || job.Data.Columns is not null || job.Data.Weight is not null;

    /// <summary>Asks the shards for what the job needs, as often as that takes, and adds it to the facts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">What is known already.</param>
    /// <param name="ask">Asks every shard, and gives their answers in shard order.</param>
    /// <exception cref="JobException">The training part lacks what the job needs of it.</exception>
    public static async Task<DataFacts> Gather(Job job, DataFacts facts, Func<DataFacts, Task<IReadOnlyList<TrainingStatistics>>> ask)
    {
        if (SplitRule.Of(job) is { } rule)
        {
            facts = await SplitPlan.Find(job, rule, facts, ask);
        }

        if (!IsNeeded(job))
        {
            return facts;
        }

        var found = await ask(facts);
        facts = Complete(job, facts, found);
        return job.Data.Columns is null ? facts : await ColumnPlan.Fit(job, facts, [.. found.Select(f => f.Columns!)], ask);
    }

    /// <summary>Adds what the shards have found to the facts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">What is known already.</param>
    /// <param name="found">One per shard, in shard order.</param>
    public static DataFacts Complete(Job job, DataFacts facts, IReadOnlyList<TrainingStatistics> found)
    {
        if (FeaturePlan.IsNeeded(job.Data))
        {
            facts = FeaturePlan.Complete(job.Data, facts, [.. found.Select(f => f.Moments!)]);
        }

        if (job.Data.Weight is not null)
        {
            facts = facts with { Weights = RowWeightPlan.Of(job, [.. found.Select(f => f.Weights!)], facts.ValidationRows) };
        }

        if (job.Data.StandardizeTarget)
        {
            facts = facts with { TargetScaling = TargetPlan.Scaling(job, [.. found.Select(f => f.Target!)]) };
        }

        return ClassWeightPlan.IsNeeded(job.Training)
            ? facts with { ClassWeights = ClassWeightPlan.Balanced([.. found.Select(f => f.ClassCounts!)]) }
            : facts;
    }
}
