using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Reads a job's data whole, as the shards will, without a cluster and without torch.</summary>
public static class DataCheck
{
    /// <summary>The facts that the shards would agree on, and what a bigram model loses on the held-out text (text of characters or bytes only).</summary>
    /// <exception cref="JobException">The first thing wrong with the data, in shard order.</exception>
    public static (DataFacts Facts, double? BigramLoss) Run(Job job, int parallelism, ReadingMeans? use = null)
    {
        var shards = new ShardData?[job.Data.Shards];
        var errors = new JobException?[job.Data.Shards];
        Parallel.For(0, shards.Length, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, v =>
        {
            try
            {
                shards[v] = ShardData.Read(job, v, use);
            }
            catch (JobException e)
            {
                errors[v] = e;
            }
        });
        if (Array.Find(errors, e => e is not null) is { } error)
        {
            throw error;
        }

        var facts = DataPlan.Merge(job, [.. shards.Select(s => s!.Survey)]);
        if (StatisticsPlan.IsNeeded(job))
        {
            facts = StatisticsPlan.Complete(job, facts, [.. shards.Select(s => s!.Statistics(facts))]);
        }

        return (facts, job.Data is { Format: DataFormat.Text, HasWords: false } ? Bigrams(facts, shards) : null);
    }

    private static double? Bigrams(DataFacts facts, ShardData?[] shards)
    {
        var bigrams = new BigramBaseline(facts.Shape.Classes);
        foreach (var shard in shards)
        {
            shard!.CountBigrams(facts, bigrams);
        }

        foreach (var shard in shards)
        {
            shard!.EvaluateBigrams(facts, bigrams);
        }

        return bigrams.Loss;
    }
}
