using System.Diagnostics;
using System.Net;
using Granary.Contracts;
using Granary.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Granary.Grains.Tests;

/// <summary>An Orleans test cluster in this process, whose silos exchange tensors over real sockets.</summary>
internal sealed class GranaryCluster : IAsyncDisposable
{
    // Asking without a pause would take a core from the silos.
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(10);

    // For what hangs: on a busy machine a job may take long, but moves.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    // For what moves and never gets there.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly InProcessTestCluster _cluster;

    private GranaryCluster(InProcessTestCluster cluster) => _cluster = cluster;

    public IClusterClient Client => _cluster.Client;

    /// <param name="silos">How many.</param>
    /// <param name="folder">For models and checkpoints.</param>
    /// <param name="devices">What each silo claims to compute on; null: all on the processor.</param>
    /// <param name="id">The cluster's id.</param>
    /// <param name="storage">Where grain state goes; null: to one of its own. No silo has it, so that none takes it along when it dies.</param>
    /// <param name="extend">Registers a silo's extensions; null: none.</param>
    /// <param name="shape">Changes what each silo is; null: nothing.</param>
    public static async Task<GranaryCluster> Deploy(
        int silos, string folder, string[]? devices = null, string id = "test", SharedStorage? storage = null, Action<ISiloBuilder>? extend = null,
        Func<SiloIdentity, SiloIdentity>? shape = null)
    {
        storage ??= new SharedStorage();
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ClusterId = id;
        builder.Options.ServiceId = "granary";
        var started = -1;
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Services.AddSingleton(s => storage.With(s.GetRequiredService<IGrainStorageSerializer>()));
            silo.UseInMemoryReminderService();
            var identity = new SiloIdentity(
                options.SiloName, id, 1, devices?[Interlocked.Increment(ref started)] ?? "cpu", new IPEndPoint(IPAddress.Loopback, 0), folder,
                Path.Combine(folder, "checkpoints"))
            {
                AllowsFaults = true,
            };
            silo.AddGranary(shape?.Invoke(identity) ?? identity);
            extend?.Invoke(silo);
        });
        builder.ConfigureClient(client => client.Services.AddGranarySerialization());
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new GranaryCluster(cluster);
    }

    /// <summary>Hands a job in, as the client does: under a name of its own, again where the answer is lost.</summary>
    /// <param name="job">The job.</param>
    /// <param name="at">The silo that coordinates it; null: any.</param>
    public async Task<ICoordinatorGrain> Submit(Job job, string? at = null)
    {
        var submission = new Submission(job, null, $"{job.Name}-{Guid.NewGuid():N}");
        if (at is not null)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, _cluster.Silos.First(s => s.Name == at).SiloAddress);
            await Persistently(() => Client.GetGrain<ICoordinatorGrain>(submission.JobId!).Status(0));
            RequestContext.Clear();
        }

        return Client.GetGrain<ICoordinatorGrain>(await Persistently(() => Client.GetGrain<ICatalogueGrain>(0).Submit(submission)));
    }

    /// <summary>Starts one silo more.</summary>
    public Task Add() => _cluster.StartAdditionalSiloAsync();

    /// <summary>Kills a silo.</summary>
    public Task Kill(string silo) => _cluster.KillSiloAsync(_cluster.Silos.First(s => s.Name == silo));

    /// <summary>Runs a job to its end.</summary>
    public async Task<JobStatus> Run(Job job) =>
        await Until(await Submit(job), status => status.State is JobState.Completed or JobState.Failed);

    /// <summary>Does a fault within a silo.</summary>
    public Task InjectFault(string silo, Fault fault) => Client.GetGrain<IClusterGrain>(0).InjectFault(silo, fault);

    /// <summary>From now on what the silos send travels for a while: a job is not past a step before somebody has seen it there, however
    /// busy the machine is.</summary>
    public async Task HoldBack(double milliseconds)
    {
        var silos = await Client.GetGrain<IClusterGrain>(0).Silos();
        await Task.WhenAll(silos.Select(s => InjectFault(s.Name, new Fault(FaultKind.Delay, Seconds: 600, Milliseconds: milliseconds))));
    }

    /// <summary>Ends what <see cref="HoldBack"/> began, on the silos that are left: what was to be seen has been seen.</summary>
    public Task LetGo() => End(FaultKind.Delay);

    /// <summary>Ends a fault on all silos.</summary>
    public async Task End(FaultKind fault)
    {
        var cluster = Client.GetGrain<IClusterGrain>(0);
        await Task.WhenAll((await Persistently(cluster.Silos)).Select(s => cluster.ClearFault(s.Name, fault)));
    }

    /// <summary>Runs a job to its end, held back until one of its silos has been killed on the way.</summary>
    /// <param name="job">The job.</param>
    /// <param name="step">From this step on.</param>
    public async Task<JobStatus> RunThroughAKill(Job job, long step)
    {
        await HoldBack(milliseconds: 5);
        var coordinator = await Submit(job);
        var seen = await Until(coordinator, s => s.Step >= step);
        await Kill(seen.Members[^1].Name);
        await LetGo();
        var status = await Until(coordinator, s => s.State is JobState.Completed or JobState.Failed);
        Assert.InRange(status.Recoveries, 1, 9);
        return status;
    }

    /// <summary>Has a model evaluated on a source.</summary>
    public static async Task<EvaluationAnswer> Evaluate(IGrainFactory grains, string model, string data, ImportanceQuestion? importance = null)
    {
        var grain = grains.GetGrain<IEvaluationGrain>(Guid.NewGuid().ToString());
        while (true)
        {
            if (await grain.Ask(new EvaluationRequest(model, data, null, importance)) is { } answer)
            {
                return answer;
            }

            await Task.Delay(AskAgain);
        }
    }

    /// <summary>The first status that is as it should be.</summary>
    public static async Task<JobStatus> Until(ICoordinatorGrain coordinator, Func<JobStatus, bool> met)
    {
        var (begun, since) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        var last = (JobState.Queued, Step: 0L, Generation: 0L);
        while (true)
        {
            var status = (await Persistently(() => coordinator.Status(0)))!;
            if (met(status))
            {
                return status;
            }

            var now = (status.State, status.Step, status.Generation);
            if (now != last)
            {
                (last, since) = (now, Stopwatch.StartNew());
            }

            Assert.True(since.Elapsed < Patience && begun.Elapsed < LongestWait, $"waited in vain; the last status: {status}");

            await Task.Delay(AskAgain);
        }
    }

    /// <summary>Asks again where the silo that is asked, or one on the way, is just being killed, or the storage fails.</summary>
    public static async Task<T> Persistently<T>(Func<Task<T>> ask)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception e) when ((e is OrleansException or TimeoutException) && since.Elapsed < Patience)
            {
                await Task.Delay(AskAgain);
            }
        }
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
