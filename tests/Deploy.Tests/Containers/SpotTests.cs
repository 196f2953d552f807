using System.Diagnostics;

namespace Granary.Deploy.Tests.Containers;

/// <summary>Machines that are taken away at short notice, as spot instances are.</summary>
[Collection("containers"), Trait("needs", "containers")]
public sealed class SpotTests(ITestOutputHelper output)
{
    private const int Notice = 10; // seconds, fewer than a silo asks for

    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(3);

    [LongFact]
    public async Task Silos_that_are_taken_away_and_come_back_change_no_weight()
    {
        await using var cluster = await ContainerRun.Start();
        using var api = ContainerRun.Api(cluster);
        var job = await api.Submit(ContainerRun.JobOf(ContainerRun.Endless), ContainerRun.Sets, "training.checkpoint.seconds=2");
        await api.TrainsOn(job, cluster.Silos.Count);
        var (random, told, killed) = (new Random(1), 0, 0);
        for (var since = Stopwatch.StartNew(); since.Elapsed < Lasts;)
        {
            await Task.Delay(TimeSpan.FromSeconds(5 + (random.NextDouble() * 15)));
            var silo = cluster.Silos[random.Next(cluster.Silos.Count)];
            if (random.Next(2) == 0)
            {
                await cluster.Terminate(silo, Notice);
                told++;
            }
            else
            {
                await cluster.Kill(silo);
                killed++;
            }

            await cluster.Start(silo);
        }

        await api.TrainsOn(job, cluster.Silos.Count);
        output.WriteLine($"{told} told to end, {killed} killed, {cluster.EndedOfThemselves.Count} ended of themselves, {(await api.Job(job)).GetProperty("recoveries")} recoveries");
        await ContainerRun.EndsAsAlone(cluster, api, job);
        cluster.NoneHasEndedBut(4);
    }
}
