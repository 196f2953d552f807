using System.Collections.Concurrent;
using System.Diagnostics;
using Granary.Contracts;
using Granary.Grains.Compute;
using Granary.Grains.Shards;
using Granary.Jobs;
using Granary.Model.Data;

namespace Granary.Grains.Workers;

/// <summary>The shards that a generation assigns to this silo: their grains, and their examples in this silo's memory.</summary>
/// <param name="grains">Reaches shard grains.</param>
/// <param name="registry">Has the examples.</param>
/// <param name="reading">Threads that read data.</param>
internal sealed class AssignedShards(IGrainFactory grains, ShardRegistry registry, ReadingThreads reading)
{
    private readonly ConcurrentDictionary<(GenerationId Generation, int Shard), long> _asked = []; // since when

    /// <summary>Calls every shard's grain, in shard order.</summary>
    public Task<TResult[]> Ask<TResult>(Assignment assignment, Func<IShardGrain, Task<TResult>> ask) =>
        Task.WhenAll(Of(assignment).Select(v => Ask(assignment, v, ask)));

    /// <summary>The shards of a generation that have not answered yet, and for how many seconds the first of them has not.</summary>
    public (IReadOnlyList<int> Shards, double Seconds) Asked(GenerationId generation)
    {
        var asked = _asked.Where(a => a.Key.Generation == generation).ToArray();
        return ([.. asked.Select(a => a.Key.Shard).Order()], asked.Length == 0 ? 0 : Stopwatch.GetElapsedTime(asked.Min(a => a.Value)).TotalSeconds);
    }

    private async Task<TResult> Ask<TResult>(Assignment assignment, int shard, Func<IShardGrain, Task<TResult>> ask)
    {
        _asked[(assignment.Generation, shard)] = Stopwatch.GetTimestamp();
        try
        {
            return await ask(Grain(assignment, shard));
        }
        finally
        {
            _asked.TryRemove((assignment.Generation, shard), out _);
        }
    }

    /// <summary>Reads the examples ahead of a generation.</summary>
    public Task Preload(Assignment assignment, DataFacts facts)
    {
        var job = assignment.Job;
        return Task.WhenAll(Of(assignment).Select(v => registry.Load(
            assignment.Generation.JobId, v, () => reading.Run(() => ShardData.Read(job, v, reading.Means).Prepare(facts)))));
    }

    /// <summary>Frees the examples of all other shards of the job.</summary>
    public void ForgetOthers(Assignment assignment) => registry.Forget(assignment.Generation.JobId, [.. Of(assignment)]);

    /// <summary>Frees the examples of a job.</summary>
    public void Forget(string jobId) => registry.Forget(jobId, []);

    /// <summary>Ends the shard grains of a generation that is over; does not wait for them.</summary>
    public void Leave(JobEntry entry)
    {
        if (entry.Assignment is { } assignment)
        {
            foreach (var shard in Of(assignment))
            {
                _ = Grain(assignment, shard).Leave().ContinueWith(t => t.Exception, TaskScheduler.Default);
            }
        }
    }

    private static IEnumerable<int> Of(Assignment assignment)
    {
        var (first, end) = new ShardPlan(assignment.Job.Data.Shards, assignment.Members.Count).Of(assignment.Rank);
        return Enumerable.Range(first, end - first);
    }

    private IShardGrain Grain(Assignment assignment, int shard) => grains.GetGrain<IShardGrain>(ShardGrain.Key(assignment.Generation, shard));
}
