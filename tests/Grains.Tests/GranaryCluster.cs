using System.Net;
using Granary.Contracts;
using Granary.Jobs;
using Orleans.TestingHost;

namespace Granary.Grains.Tests;

/// <summary>An Orleans test cluster in this process, whose silos exchange tensors over real sockets.</summary>
internal sealed class GranaryCluster : IAsyncDisposable
{
    // Asking without a pause would take a core from the silos.
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(10);

    private readonly InProcessTestCluster _cluster;

    private GranaryCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public IClusterClient Client => _cluster.Client;

    /// <param name="silos">How many.</param>
    /// <param name="folder">For models and checkpoints.</param>
    /// <param name="devices">What each silo claims to compute on; null: all on the processor.</param>
    public static async Task<GranaryCluster> Deploy(int silos, string folder, string[]? devices = null)
    {
        var builder = new InProcessTestClusterBuilder((short)silos);
        var started = -1;
        builder.ConfigureSilo((options, silo) =>
        {
            silo.AddMemoryGrainStorageAsDefault();
            silo.UseInMemoryReminderService();
            silo.AddGranary(new SiloIdentity(
                options.SiloName, "test", 1, devices?[Interlocked.Increment(ref started)] ?? "cpu", new IPEndPoint(IPAddress.Loopback, 0), folder,
                Path.Combine(folder, "checkpoints"))
            {
                AllowsFaults = true,
            });
        });
        builder.ConfigureClient(client => client.Services.AddGranarySerialization());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new GranaryCluster(cluster);
    }

    public async Task<ICoordinatorGrain> Submit(Job job) =>
        Client.GetGrain<ICoordinatorGrain>(await Client.GetGrain<ICatalogueGrain>(0).Submit(new Submission(job, null)));

    /// <summary>Runs a job to its end.</summary>
    public async Task<JobStatus> Run(Job job) =>
        await Until(await Submit(job), status => status.State is JobState.Completed or JobState.Failed);

    /// <summary>Does a fault within a silo.</summary>
    public Task Suffer(string silo, Fault fault) => Client.GetGrain<IClusterGrain>(0).Suffer(silo, fault);

    /// <summary>The first status that is as it should be.</summary>
    public static async Task<JobStatus> Until(ICoordinatorGrain coordinator, Func<JobStatus, bool> met)
    {
        while (true)
        {
            var status = (await coordinator.Status(0))!;
            if (met(status))
            {
                return status;
            }

            await Task.Delay(AskAgain);
        }
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
