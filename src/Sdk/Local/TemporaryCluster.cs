using Granary.Jobs;
using Granary.Sdk.Connecting;

namespace Granary.Sdk.Local;

/// <summary>A cluster of silos on this machine in a home of its own, which goes with it. A silo that ends before is started again.</summary>
internal sealed class TemporaryCluster : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly TemporaryFolder _home;
    private readonly LocalCluster _cluster;
    private readonly CancellationTokenRegistration _killNow;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _keeping;

    private TemporaryCluster(TemporaryFolder home, LocalCluster cluster, CancellationTokenRegistration killNow, ClusterConnection connection, IStartListener listener)
    {
        (_home, _cluster, _killNow, Connection) = (home, cluster, killNow, connection);
        _keeping = Keep(listener);
    }

    /// <summary>The silos' home directory.</summary>
    public string Home => _home.Path;

    /// <summary>Its id.</summary>
    public string Id => _cluster.Id;

    /// <summary>Where its page is; null: nowhere.</summary>
    public Uri? Web => _cluster.Web;

    /// <summary>Its silos' processes, as they are now.</summary>
    public IReadOnlyList<SiloProcess> Silos => _cluster.Silos;

    /// <summary>The connection to them.</summary>
    public ClusterConnection Connection { get; }

    /// <summary>Cancelled when no silo is left and starting them again is of no use.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>What came of the last silo then.</summary>
    public string? LastWords { get; private set; }

    /// <summary>Starts one.</summary>
    /// <param name="settings">How its silos run.</param>
    /// <param name="listener">Told how it goes.</param>
    /// <param name="permission">Must complete too, and is waited for while the silos start; when it fails, they are killed.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="killNow">Kills the silos whenever it is cancelled, also while they stop.</param>
    /// <exception cref="ClusterUnreachableException">No silo can start.</exception>
    /// <exception cref="LocalClusterException">This machine has not what they need.</exception>
    public static async Task<TemporaryCluster> Start(
        LocalSettings settings, IStartListener listener, Task permission, CancellationToken cancellation, CancellationToken killNow)
    {
        var home = new TemporaryFolder("granary-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(home.Path, ".granary-temporary-home"), home.Path, CancellationToken.None); // silos remove no home that does not say this of itself
            var cluster = new LocalCluster(home.Path, settings with { TemporaryHome = true });
            var kill = killNow.Register(cluster.Kill);
            try
            {
                var built = Task.Run(() => ClusterConnection.Build(cluster.Address), CancellationToken.None);
                await Ready(permission, cluster.Start(cancellation, listener), cluster, listener);
                listener.Connecting();
                return new TemporaryCluster(home, cluster, kill, await ClusterConnection.Connect(await built, cluster.Address, cancellation), listener);
            }
            catch
            {
                await cluster.DisposeAsync();
                await kill.DisposeAsync();
                throw;
            }
        }
        catch
        {
            home.Dispose();
            throw;
        }
    }

    // In the order in which they complete: silos that cannot start are told of at once, and not after a check that may take minutes.
    private static async Task Ready(Task permission, Task<IReadOnlyList<string>> started, LocalCluster cluster, IStartListener listener)
    {
        try
        {
            await foreach (var done in Task.WhenEach(permission, started))
            {
                await done;
            }
        }
        catch
        {
            cluster.Kill(); // they have nothing to bring to an end
            throw;
        }

        foreach (var missing in await started)
        {
            listener.Say($"beginning with {cluster.Silos.Count(s => s.IsUp)} of {Plural.Of(cluster.Silos.Count, "silo")}: {missing}");
        }
    }

    /// <summary>Stops every silo gracefully; none is started again.</summary>
    public Task Stop() => _cluster.Stop();

    /// <summary>Kills every silo for which a graceful shutdown would save nothing.</summary>
    public void KillUnlessNeeded()
    {
        if (!Keeps())
        {
            _cluster.Kill();
        }
    }

    // Checkpoints in a place of the user's are cleared away as silos go, and programs of the user's own may do what they like then.
    private static bool Keeps() => Array.Exists(["GRANARY_CHECKPOINTS", "GRANARY_SILO"], v => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v)));

    private async Task Keep(IStartListener listener)
    {
        var restarts = new Restarts(_cluster, listener.Say);
        while (!_ended.IsCancellationRequested)
        {
            await restarts.Look();
            if (restarts.Hopeless is { } last)
            {
                LastWords = last;
                await _lost.CancelAsync();
                return;
            }

            await Task.Delay(LookEvery, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Starts no silo again from now on.</summary>
    public async Task Settle()
    {
        await _ended.CancelAsync();
        await _keeping;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Settle();
        await Connection.DisposeAsync();
        await _cluster.DisposeAsync();
        await _killNow.DisposeAsync();
        _home.Dispose();
    }
}
