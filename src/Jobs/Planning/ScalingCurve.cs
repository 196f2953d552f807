namespace Granary.Jobs;

/// <summary>How a job's step time changes with the number of silos, each time with as many shards as <see cref="ShardAdvice"/> says.</summary>
/// <param name="Points">By rising number of silos.</param>
public sealed record ScalingCurve(IReadOnlyList<StepCost> Points)
{
    /// <summary>What a greater number of silos must gain to be worth it.</summary>
    public const double WorthIt = 0.05;

    /// <summary>The curve over the powers of two up to a number of silos, and that number.</summary>
    public static ScalingCurve Of(PlannedJob job, ClusterFacts facts, int most)
    {
        var counts = Enumerable.Range(0, 31).Select(i => 1 << i).TakeWhile(n => n < most).Append(most);
        return new ScalingCurve([.. counts.Select(n => StepCost.Of(job.WithShardsFor(n, facts.Threads), facts, n))]);
    }

    /// <summary>Where a step takes least.</summary>
    public StepCost Fastest => Points.MinBy(p => p.Total)!;

    /// <summary>The most silos that compute at least half of the time; null: not even one does.</summary>
    public StepCost? HalfBusy => Points.LastOrDefault(p => p.Efficiency >= 0.5);

    /// <summary>The fewest silos beyond which no number gains more than 5 %.</summary>
    public StepCost Enough => Points.First(p => p.Total * (1 - WorthIt) <= Fastest.Total);
}
