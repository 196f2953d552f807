using System.Globalization;
using System.Text.Json;

namespace Granary.Deploy.Tests.Containers;

/// <summary>What a network between silos does to a job: it goes on, with whom it reaches, and its weights are those of an undisturbed run.</summary>
[Collection("containers"), Trait("needs", "containers")]
public sealed class NetworkTests(ITestOutputHelper output)
{
    [Fact]
    public Task Silos_that_do_not_reach_each_other_change_no_weight() => Suffers(
        new("a silo that reaches Redis and no other silo", Parts(n => [n.Others[0]], n => n.Network.Cut(n.Others[0], n.Coordinator, n.Others[1]))),
        new("two silos that do not reach each other, the coordinator's reaches both", Parts(n => n.Others, n => n.Network.Cut(n.Others[0], n.Others[1]), "do not reach each other")),
        new("one silo and the coordinator's do not reach each other", Parts(n => [n.Others[0], n.Coordinator], n => n.Network.Cut(n.Others[0], n.Coordinator))),
        new("what one silo sends to another one is lost", Parts(n => n.Others, n => n.Network.CutOneWay(n.Others[0], n.Others[1]), "do not reach each other")),
        new("the coordinator's silo reaches Redis and no other silo", Parts(n => [n.Coordinator], n => n.Network.Cut(n.Coordinator, [.. n.Others]))));

    [LongFact]
    public Task A_bad_network_changes_no_weight() => Suffers(
        // What the others send over connections that are open already is too large from then on, and gets lost; nobody tells them.
        new("MTU 1280 at one silo, set while it trains", async n =>
        {
            await n.Network.SetMtu(n.Others[0], 1280);
            await n.Network.SwallowAbove(1280, n.Others[0]);
            await n.Api.TrainsOn(n.Job, n.All - 1, job => IsWithout(job, n.Others[0], null));
            await n.Network.SetMtu(n.Others[0]);
            await PodNetwork.Mend();
        }),
        new("MTU 1280 at one silo since it started", async n =>
        {
            await n.Cluster.Terminate(n.Others[0]);
            await n.Cluster.Start(n.Others[0]);
            await n.Network.SetMtu(n.Others[0], 1280);
            await n.Network.SwallowAbove(1280, n.Others[0]);
            await n.Cluster.Ready(n.Others[0]);
            await n.Api.TrainsOn(n.Job, n.All);
            await n.Network.SetMtu(n.Others[0]);
            await PodNetwork.Mend();
        }),
        new("3 % of all packets lost", async n =>
        {
            await n.Network.Lose(percent: 3);
            await n.Goes();
            await PodNetwork.Mend();
        }),
        new("20 Mbit/s to and from one silo", async n =>
        {
            await n.Network.Limit(n.Others[0], 20);
            await n.Goes();
            await n.Network.Unlimit(n.Others[0]);
        }),
        new("what one silo sends travels 100 ms", async n =>
        {
            await using var late = await n.Network.Delay(n.Others[0], 100, 100);
            await n.Goes();
        }),
        new("what one silo sends travels 0 to 20 ms, and packets overtake each other", async n =>
        {
            await using var late = await n.Network.Delay(n.Others[0], 0, 20);
            await n.Goes();
        }),
        new("a silo cut off and mended five times, 2 s each", async n =>
        {
            for (var i = 0; i < 5; i++)
            {
                await n.Network.Cut(n.Others[0], n.Coordinator, n.Others[1]);
                await Task.Delay(TimeSpan.FromSeconds(2));
                await PodNetwork.Mend();
                await Task.Delay(TimeSpan.FromSeconds(2));
            }
        }));

    // While it lasts the job goes on without one of some silos, and says why where the cluster has not taken it for dead. Another one may still end for an earlier fault, and comes back.
    private static Func<Meanwhile, Task> Parts(Func<Meanwhile, IReadOnlyList<string>> some, Func<Meanwhile, Task> begin, string? why = null) => async n =>
    {
        await begin(n);
        await n.Api.TrainsOn(n.Job, n.All - 1, job => some(n).Any(silo => IsWithout(job, silo, why)));
        await PodNetwork.Mend();
    };

    // One that the cluster has taken for dead has no reason of its own.
    private static bool IsWithout(JsonElement job, string silo, string? why) => why is null
        ? job.GetProperty("members").EnumerateArray().All(m => m.GetProperty("silo").GetString() != silo)
        : job.GetProperty("absent").EnumerateArray().Any(a => a.GetProperty("silo").GetString() == silo && a.GetProperty("why").GetString()!.Contains(why, StringComparison.Ordinal));

    private async Task Suffers(params Fault[] faults)
    {
        await using var cluster = await ContainerRun.Start();
        using var api = ContainerRun.Api(cluster);
        var job = await api.Submit(ContainerRun.JobOf(ContainerRun.Endless), ContainerRun.Sets, "training.checkpoint.seconds=2");
        await using var clock = new StepClock(cluster.Silos.Select(cluster.Api), job);
        try
        {
            await OneByOne(cluster, api, job, clock, faults);
            output.WriteLine(await cluster.ExecuteInAny("granary", "why", job));
            await ContainerRun.EndsAsAlone(cluster, api, job);
        }
        finally
        {
            output.WriteLine($"ended of themselves, in all: {string.Join("\n", cluster.EndedOfThemselves)}");
        }

        cluster.NoneHasEndedBut(4);
    }

    private async Task OneByOne(ContainerCluster cluster, ClusterApi api, string job, StepClock clock, Fault[] faults)
    {
        foreach (var fault in faults)
        {
            var before = await api.TrainsOn(job, cluster.Silos.Count);
            var endedBefore = cluster.EndedOfThemselves.Count;
            var coordinator = before.GetProperty("coordinator").GetString()!;
            clock.Restart();
            await fault.Begin(new Meanwhile(cluster, api, job, coordinator, [.. cluster.Silos.Where(s => s != coordinator)]));
            var during = clock.Longest;
            clock.Restart();
            var after = await api.TrainsOn(job, cluster.Silos.Count);
            var ended = cluster.EndedOfThemselves.Skip(endedBefore).Select(e => e.Code).ToArray();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {fault.Name} | {during:0.0} | {clock.Longest:0.0} | {after.GetProperty("recoveries").GetInt32() - before.GetProperty("recoveries").GetInt32()} | {(ended.Length == 0 ? "none" : string.Join(", ", ended))} |"));
        }
    }

    /// <summary>A fault of the network.</summary>
    /// <param name="Name">For people.</param>
    /// <param name="Begin">Begins it, waits for progress, and ends it.</param>
    private sealed record Fault(string Name, Func<Meanwhile, Task> Begin);

    /// <summary>The job while a fault lasts.</summary>
    /// <param name="Cluster">The pods.</param>
    /// <param name="Api">Of all silos.</param>
    /// <param name="Job">The job.</param>
    /// <param name="Coordinator">The silo of its coordinator.</param>
    /// <param name="Others">The other silos.</param>
    private sealed record Meanwhile(ContainerCluster Cluster, ClusterApi Api, string Job, string Coordinator, IReadOnlyList<string> Others)
    {
        public PodNetwork Network => Cluster.Network;

        public int All => Cluster.Silos.Count;

        /// <summary>Waits for steps, however many silos take part.</summary>
        public async Task Goes()
        {
            var step = (await Api.Job(Job)).GetProperty("step").GetInt64();
            await Api.Until(Job, "steps", j => j.GetProperty("step").GetInt64() >= step + 50);
        }
    }
}
