using Granary.Contracts;
using Granary.Grains.Liveness;
using Granary.Grains.Workers;
using Granary.Jobs;

namespace Granary.Grains.Coordination;

/// <content>How its members are found.</content>
internal sealed partial class WorkerGroup
{
    /// <summary>Asks every living silo to describe itself and chooses among those that answer, at most one per shard, in an order that is
    /// the same in all runs; the others are idle. The group may be empty.</summary>
    /// <param name="generation">Job and generation.</param>
    /// <param name="living">Silos that membership believes alive.</param>
    /// <param name="shards">Shards of the job.</param>
    /// <param name="platform">What the job has been computed on so far: silos that differ stand by while others do not; null: nothing yet.</param>
    /// <param name="store">The store that the job's checkpoints are in: silos with another one stand by; null: in none yet.</param>
    /// <param name="aside">Silos that are not to take part while others can, by name, and why.</param>
    /// <param name="client">Reaches workers.</param>
    /// <param name="patience">How long silent silos are waited for.</param>
    /// <exception cref="JobException">The silos' platforms differ.</exception>
    public static async Task<WorkerGroup> Rendezvous(
        GenerationId generation, IEnumerable<ClusterMember> living, int shards, string? platform, string? store, IReadOnlyDictionary<string, string> aside,
        IWorkerClient client, Patience patience)
    {
        var answerTime = patience.Current;
        var asked = await Task.WhenAll(living.Select(async m =>
            (Member: m, Worker: client.At(m.SiloAddress), Info: await Describe(client.At(m.SiloAddress), answerTime))));
        var active = asked.Where(m => m.Info is { State: "active" })
            .OrderBy(m => m.Member.Name, StringComparer.Ordinal).ThenBy(m => m.Member.SiloAddress).ToArray();
        var alike = ExtensionRule.AreAlike([.. active.Select(m => m.Info!)], store);
        var able = active.Where((_, i) => alike[i]).ToArray();
        var choice = WorkerGroupRule.Choose([.. able.Select(m => m.Info!)], shards, platform, aside.Keys.ToHashSet());
        return new WorkerGroup(
            generation,
            [.. choice.Members.Select(i => able[i].Member.SiloAddress)],
            [.. choice.Members.Select(i => able[i].Info!)],
            [.. choice.Members.Select(i => able[i].Worker)],
            new LongCalls(patience))
        {
            Idle = [.. choice.Idle.Select(i => able[i].Member.Name)],
            Different = active.Except(able).FirstOrDefault().Info,
            Strangers = [.. choice.Strangers.Select(i => able[i].Info!)],
            WaitsFor = choice.WaitsFor,
            Answered = [.. active.Select(m => m.Member.SiloAddress)],
            Aside = [.. choice.Idle.Where(i => aside.ContainsKey(able[i].Member.Name)).Select(i => able[i].Member.SiloAddress)],
            _aside = choice.Idle.Select(i => able[i].Member.Name).Where(aside.ContainsKey).ToDictionary(n => n, n => aside[n]),
            _silent = [.. asked.Where(m => m.Info is null).Select(m => m.Member.Name)],
            _leaving = [.. asked.Where(m => m.Info is { State: not "active" }).Select(m => m.Member.Name)],
            _answerTime = answerTime,
        };
    }

    private static async Task<SiloInfo?> Describe(IWorker worker, TimeSpan answerTime)
    {
        try
        {
            return await worker.Describe().WaitAsync(answerTime);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return null; // dead or frozen: membership will say so
        }
    }
}
