namespace Granary.Jobs;

/// <summary>How large a batch has to be for the silos to compute most of the time.</summary>
public static class BatchAdvice
{
    /// <summary>The smallest batch, the same for each shard, at which computing is at least a part of the step. What the exchange takes does
    /// not depend on the batch.</summary>
    /// <param name="job">The job, with its shards.</param>
    /// <param name="facts">The cluster.</param>
    /// <param name="silos">Its silos.</param>
    /// <param name="efficiency">The part, in (0, 1).</param>
    public static long For(PlannedJob job, ClusterFacts facts, int silos, double efficiency)
    {
        var cost = StepCost.Of(job, facts, silos);
        var wanted = (cost.Exchange + cost.Backup) * efficiency / (1 - efficiency);
        var rounds = StepCost.Rounds((job.Shards + cost.Members - 1) / cost.Members, facts);
        var perRow = rounds * (StepCost.GradientTime(job, facts, cost.Members, 1) - StepCost.GradientTime(job, facts, cost.Members, 0));
        var fixedTime = StepCost.Of(job with { Batch = job.Shards }, facts, silos).Compute - perRow;
        return job.Shards * (long)Math.Max(1, Math.Ceiling((wanted - fixedTime) / perRow));
    }
}
