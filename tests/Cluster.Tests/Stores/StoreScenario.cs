using System.Net;
using Granary.Client.Chaos;
using Granary.Jobs;
using Granary.Sdk;
using Granary.Sdk.Local;
using Granary.Silo.Hosting;

namespace Granary.Cluster.Tests.Stores;

/// <summary>A job on silos whose records are in a server: silos are killed by a plan and started again, and the server itself goes and comes. The weights must be
/// those of an undisturbed run on one silo, to the last bit.</summary>
[Collection(RecoveryScenario.OneByOne)]
public abstract class StoreScenario : IDisposable
{
    private const int Silos = 3;
    private static readonly string[] Job = StoreJobs.Digits(epochs: 150);
    private static readonly Lazy<Task<string>> Undisturbed = new(() => SiloCluster.Undisturbed(Job));

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private IRecordServer? _server;
    private SiloCluster? _cluster;
    private readonly FreePorts _ports = new();

    /// <summary>Starts the server with what a cluster needs in it; the test is skipped where there is none.</summary>
    /// <param name="folder">For what it keeps.</param>
    private protected abstract IRecordServer Start(string folder);

    private protected IRecordServer Server => _server!;

    private protected SiloCluster Cluster => _cluster!;

    /// <summary>Address of the HTTP API that the silos share.</summary>
    private protected string Web { get; private set; } = "";

    public void Dispose()
    {
        _cluster?.Dispose();
        _server?.Dispose();
        _ports.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the server, and silos that are started again when they end.</summary>
    private protected async Task Up()
    {
        _server = Start(_folder);
        var port = _ports.Take(IPAddress.Loopback, 0);
        Web = $"http://127.0.0.1:{port}";
        _cluster = new SiloCluster(_folder, [.. _server.Variables, ("GRANARY_CLUSTER", "test"), ("GRANARY_CHECKPOINTS", Path.Combine(_folder, "checkpoints"))])
        {
            More = ["--allow-faults", "--web-port", $"{port}", "--web-shared"],
            StartsAgain = true,
        };
        await _cluster.Run("store", "init");
        _cluster.Start([.. Enumerable.Range(0, Silos).Select(i => $"silo-{i}")]);
    }

    /// <summary>Carries the plan of the kills out on a job that begins when the first of its faults has been done.</summary>
    /// <param name="done">Told of each fault.</param>
    /// <returns>The job, and how many silos were killed.</returns>
    private protected async Task<(string Job, int Killed)> Kill(Action<FaultDone> done)
    {
        var before = await Cluster.Submit(Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--set", "data.shards=1", "training.epochs=1000000");
        var job = await Cluster.Submit(Job);
        var cancellation = TestContext.Current.CancellationToken;
        await using var client = await GranaryClient.Connect(Server.Address, cancellation);
        var (killed, first) = (0, new TaskCompletionSource());
        var plan = FaultPlanFile.Load(Path.Combine(AppContext.BaseDirectory, "store-kills.yaml"));
        var running = new FaultRunner(plan, new LocalFaultGround(new ClusterHome(Path.Combine(_folder, "nobody")), client, job), TimeProvider.System, fault =>
        {
            killed += fault.Fault.Kind == FaultKind.Kill ? fault.Silos.Count : 0;
            first.TrySetResult();
            done(fault);
        }).Run(cancellation);
        await await Task.WhenAny(first.Task, running);
        await Cluster.Run("cancel", before);
        Assert.Empty(await running);
        return (job, killed);
    }

    private protected Task<string> Submit() => Cluster.Submit(Job);

    /// <summary>The job ends with the weights of an undisturbed run, and every step was counted once.</summary>
    private protected async Task EndsAsUndisturbed(string job) => Assert.Equal(await Undisturbed.Value, await Cluster.End(job));
}
