using Granary.Jobs;
using Granary.Model.Data.Checking;

namespace Granary.Model.Data;

/// <summary>Reads a job's data whole, as the shards will, without a cluster and without torch.</summary>
public static class DataCheck
{
    private const long LargeTable = 1 << 26; // bytes
    private const int Sample = 1 << 22; // of all shards
    private const int LeastHead = 1 << 16;

    /// <summary>The facts that the shards would agree on, and what a bigram model loses on the held-out text (text of characters or bytes only).</summary>
    /// <exception cref="JobException">The first thing wrong with the data, in shard order.</exception>
    public static (DataFacts Facts, double? BigramLoss) Run(Job job, int parallelism, ReadingMeans? use = null)
    {
        var shards = Read(job, parallelism, use);
        var facts = Merge(job, shards);
        return (facts, BigramLoss(job, facts, shards));
    }

    /// <summary>The same, with all that its user should see of the data.</summary>
    /// <param name="job">The job.</param>
    /// <param name="parallelism">Threads.</param>
    /// <param name="withColumns">Whether every feature is described, and its different values counted.</param>
    /// <param name="use">What may be used to read.</param>
    /// <exception cref="JobException">As there.</exception>
    public static DataInspection Inspect(Job job, int parallelism, bool withColumns, ReadingMeans? use = null)
    {
        var shards = Read(job, parallelism, use);
        var facts = Merge(job, shards);
        return DataInspection.Of(
            job, facts, BigramLoss(job, facts, shards), [.. shards.Select(s => s.Survey)], Look(shards, facts, parallelism, withColumns), withColumns);
    }

    /// <summary>The same by the first rows of each shard, where columns are described and the table is large: whoever trains on it reads all of it in a moment. Null: it is not, or
    /// there may be something to say of it, and all of it has to be read.</summary>
    /// <param name="job">The job.</param>
    /// <param name="parallelism">Threads.</param>
    public static DataInspection? InspectSample(Job job, int parallelism)
    {
        if (job.Data.Columns is null || job.Model.Init is not null || DataFiles.Expand(job.Data.Path).Sum(JobFiles.Length) < LargeTable)
        {
            return null;
        }

        try
        {
            var found = Inspect(job, parallelism, withColumns: false, ReadingMeans.None with { Head = Math.Max(LeastHead, Sample / job.Data.Shards) });
            return found.Warnings.Count == 0 ? found : null;
        }
        catch (JobException)
        {
            return null; // a sample may lack what the whole has
        }
    }

    // In turn, some shards at once: what a look holds may be more than the shard itself.
    private static ShardLook Look(ShardData[] shards, DataFacts facts, int parallelism, bool withColumns)
    {
        ShardLook? all = null;
        foreach (var some in shards.Chunk(parallelism))
        {
            foreach (var look in some.AsParallel().AsOrdered().WithDegreeOfParallelism(Math.Min(parallelism, some.Length)).Select(s => s.Look(facts, withColumns)).ToArray())
            {
                all = all?.With(look) ?? look;
            }
        }

        return all!;
    }

    private static ShardData[] Read(Job job, int parallelism, ReadingMeans? use)
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

        return [.. shards.Select(s => s!)];
    }

    private static DataFacts Merge(Job job, ShardData[] shards)
    {
        var facts = DataPlan.Merge(job, [.. shards.Select(s => s.Survey)], (heldOut, isMeant) => Rows(job, shards, heldOut, isMeant));
        return StatisticsPlan.Gather(job, facts, asked => Task.FromResult<IReadOnlyList<TrainingStatistics>>([.. shards.Select(s => s.Statistics(asked))])).GetAwaiter().GetResult();
    }

    // The shards' rows are counted, in any format; where the first one stands, the files say.
    private static FoundRows? Rows(Job job, ShardData[] shards, bool heldOut, Func<string, bool> isMeant)
    {
        var (count, path) = (shards.Sum(s => s.RowsWith(heldOut, isMeant)), heldOut ? job.Data.Validation.Path : job.Data.Path);
        var found = count > 0 && path is not null ? FormatCatalogue.Of(job.Data).RowsWith(job.Data, path, isMeant) : null;
        return count > 0 ? new FoundRows(count, found?.First, found?.Label) : null;
    }

    private static double? BigramLoss(Job job, DataFacts facts, ShardData[] shards)
    {
        if (job.Data.Examples != ExampleKind.Windows)
        {
            return null;
        }

        var bigrams = new BigramBaseline(facts.Shape.Classes);
        foreach (var shard in shards)
        {
            shard.CountBigrams(facts, bigrams);
        }

        foreach (var shard in shards)
        {
            shard.EvaluateBigrams(facts, bigrams);
        }

        return bigrams.Loss;
    }
}
