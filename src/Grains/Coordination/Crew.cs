using System.Net;
using Granary.Contracts;
using Granary.Grains.Workers;
using Granary.Jobs;
using Orleans.Runtime;

namespace Granary.Grains.Coordination;

/// <summary>The members of one generation, and what is asked of all of them at once.</summary>
/// <param name="membership">Job and generation.</param>
/// <param name="silos">Their silos, in member order.</param>
/// <param name="infos">What each said of itself.</param>
/// <param name="workers">Their workers.</param>
internal sealed class Crew(
    Membership membership, IReadOnlyList<SiloAddress> silos, IReadOnlyList<SiloInfo> infos, IReadOnlyList<IWorker> workers)
{
    public Membership Membership { get; } = membership;

    public int Count => workers.Count;

    public IReadOnlyList<SiloAddress> Silos { get; } = silos;

    public IReadOnlyList<SiloInfo> Infos { get; } = infos;

    /// <summary>Asks every living silo for its means, in an order that all runs share.</summary>
    /// <exception cref="JobException">The silos' platforms differ.</exception>
    public static async Task<Crew> Muster(Membership membership, IEnumerable<ClusterMember> living, IWorkerClient client)
    {
        var members = living.OrderBy(m => m.Name, StringComparer.Ordinal).ThenBy(m => m.SiloAddress).ToArray();
        var workers = members.Select(m => client.At(m.SiloAddress)).ToArray();
        var infos = await Task.WhenAll(workers.Select(w => w.Describe()));
        var other = Array.Find(infos, i => i.Platform != infos[0].Platform);
        return other is null
            ? new Crew(membership, [.. members.Select(m => m.SiloAddress)], infos, workers)
            : throw new JobException(
                $"Silo {infos[0].Name} computes on {infos[0].Platform}, silo {other.Name} on {other.Platform}: their results may differ "
                + "in the last bit. Run the job on silos of one kind.");
    }

    /// <summary>Every shard's survey, in shard order.</summary>
    public async Task<IReadOnlyList<ShardSurvey>> Survey(Job job)
    {
        var channels = Infos.Select(i => IPEndPoint.Parse(i.Channel)).ToArray();
        var found = await All((worker, i) => worker.Survey(new Assignment(Membership, job, i, channels)));
        return [.. found.SelectMany(f => f).OrderBy(f => f.Shard)];
    }

    /// <summary>What every shard finds out about its training part, in shard order.</summary>
    public async Task<IReadOnlyList<TrainingStatistics>> Statistics(DataFacts facts) =>
        [.. (await All((worker, _) => worker.Statistics(Membership, facts))).SelectMany(m => m)];

    /// <summary>Makes everybody ready for step 0.</summary>
    public Task Prepare(DataFacts facts) => All((worker, _) => worker.Prepare(Membership, facts));

    /// <summary>Allows steps.</summary>
    public Task Grant(long until) => All((worker, _) => worker.Grant(Membership, until));

    /// <summary>Stops everybody.</summary>
    public Task Halt() => All((worker, _) => worker.Halt(Membership));

    /// <summary>Everybody's weights, as hashes.</summary>
    public async Task<IReadOnlyList<SavedWeights>> Weigh() => await AllOf((worker, _) => worker.Weigh(Membership));

    /// <summary>Has the first member write the model and its papers.</summary>
    public Task Publish(string output, IReadOnlyDictionary<string, string> papers) => workers[0].Publish(Membership, output, papers);

    /// <summary>The lowest shard whose gradient is not finite.</summary>
    public async Task<int?> FindNonFinite() => (await AllOf((worker, _) => worker.FindNonFinite(Membership))).Min();

    /// <summary>Lets everybody forget the job; a member that is gone does not matter.</summary>
    public async Task Release()
    {
        foreach (var worker in workers)
        {
            try
            {
                await worker.Release(Membership);
            }
            catch (Exception e) when (e is OrleansException or TimeoutException or StaleGenerationException)
            {
                // Its silo is gone, and what it knew of the job with it.
            }
        }
    }

    private async Task<T[]> AllOf<T>(Func<IWorker, int, Task<T>> ask) => await Task.WhenAll(workers.Select(ask));

    private async Task<IReadOnlyList<T>> All<T>(Func<IWorker, int, Task<T>> ask) => await AllOf(ask);

    private Task All(Func<IWorker, int, Task> ask) => Task.WhenAll(workers.Select(ask));
}
