using System.Diagnostics;
using System.Net;
using Granary.Contracts;
using Granary.Grains;
using Granary.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Granary.Extensions.Tests;

/// <summary>An Orleans test cluster in this process, set up as any host does: AddGranary on its silo builder. What is registered for a silo (a codec, a store)
/// goes into <c>configure</c>.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(10);

    private readonly InProcessTestCluster _cluster;

    private Cluster(InProcessTestCluster cluster) => _cluster = cluster;

    /// <param name="silos">How many.</param>
    /// <param name="folder">For models and checkpoints.</param>
    /// <param name="configure">What a stranger adds to a silo; null: nothing.</param>
    public static async Task<Cluster> Deploy(int silos, string folder, Action<ISiloBuilder>? configure = null)
    {
        var (builder, store) = (new InProcessTestClusterBuilder((short)silos), new MemoryStore());
        builder.Options.ServiceId = "granary";
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Services.AddSingleton(s => store.With(s.GetRequiredService<IGrainStorageSerializer>()));
            silo.UseInMemoryReminderService();
            silo.AddGranary(new SiloIdentity(
                options.SiloName, builder.Options.ClusterId, 1, "cpu", new IPEndPoint(IPAddress.Loopback, 0), folder, Path.Combine(folder, "checkpoints"))
            {
                AllowsFaults = true,
            });
            configure?.Invoke(silo);
        });
        builder.ConfigureClient(client => client.Services.AddGranarySerialization());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new Cluster(cluster);
    }

    /// <summary>Hands a job in.</summary>
    public async Task<ICoordinatorGrain> Submit(Job job) => _cluster.Client.GetGrain<ICoordinatorGrain>(
        await _cluster.Client.GetGrain<ICatalogueGrain>(0).Submit(new Submission(job, null)));

    /// <summary>Puts a paused job back in the queue.</summary>
    public Task Resume(string job) => Persistently(async () =>
    {
        await _cluster.Client.GetGrain<ICatalogueGrain>(0).Resume(job);
        return true;
    });

    // Asked again where the silo that it was on its way to is just being killed.
    private static async Task<T> Persistently<T>(Func<Task<T>> ask)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when ((e is OrleansException or TimeoutException) && since.Elapsed < Patience)
            {
                await Task.Delay(AskAgain, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>From now on what the silos send travels for a while: a job is not past a step, or at its end, before somebody has seen it there, however busy the
    /// machine is.</summary>
    public async Task HoldBack(double milliseconds = 10)
    {
        var cluster = _cluster.Client.GetGrain<IClusterGrain>(0);
        await Task.WhenAll((await cluster.Silos()).Select(s => cluster.InjectFault(s.Name, new Fault(FaultKind.Delay, Seconds: 600, Milliseconds: milliseconds))));
    }

    /// <summary>Ends what <see cref="HoldBack"/> began, on the silos that are left: what was to be seen has been seen.</summary>
    public async Task LetGo()
    {
        var cluster = _cluster.Client.GetGrain<IClusterGrain>(0);
        await Task.WhenAll((await Persistently(cluster.Silos)).Select(s => Persistently(async () =>
        {
            await cluster.ClearFault(s.Name, FaultKind.Delay);
            return true;
        })));
    }

    /// <summary>Kills a silo.</summary>
    public Task Kill(string silo) => _cluster.KillSiloAsync(_cluster.Silos.First(s => s.Name == silo));

    /// <summary>The first status that is as it should be. A question is asked again where the silo that it was on its way to is just being killed.</summary>
    public static async Task<JobStatus> Until(ICoordinatorGrain coordinator, Func<JobStatus, bool> holds)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                var status = (await coordinator.Status(0))!;
                if (holds(status))
                {
                    return status;
                }

                Assert.True(since.Elapsed < Patience, $"waited in vain; the last status: {status}");
            }
            catch (Exception e) when ((e is OrleansException or TimeoutException) && since.Elapsed < Patience)
            {
                // The next answer comes from another silo.
            }

            await Task.Delay(AskAgain, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The job's end.</summary>
    public static async Task<JobStatus> End(ICoordinatorGrain coordinator)
    {
        var status = await Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.True(status.State == JobState.Completed, status.Failure);
        return status;
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
