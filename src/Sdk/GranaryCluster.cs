using Granary.Sdk.Local;
using Granary.Sdk.Submitting;

namespace Granary.Sdk;

/// <summary>A cluster of silo processes on this machine, for as long as a program needs it. A silo that ends before is started again; all of them
/// end when this is disposed of, or when the program ends, however it does.</summary>
public sealed class GranaryCluster : IAsyncDisposable
{
    private readonly TemporaryCluster _cluster;

    private GranaryCluster(TemporaryCluster cluster, GranaryClient client) => (_cluster, Client) = (cluster, client);

    /// <summary>The cluster's client.</summary>
    public GranaryClient Client { get; }

    /// <summary>Cancelled when no silo is left and starting them again has been of no use: nothing will answer any more.</summary>
    public CancellationToken Lost => _cluster.Lost;

    /// <summary>The silos' home directory.</summary>
    internal string Home => _cluster.Home;

    /// <summary>The silos' cluster id.</summary>
    internal string Id => _cluster.Id;

    /// <summary>Starts a cluster.</summary>
    /// <param name="options">How it runs; two silos that share the cores if left out.</param>
    /// <param name="cancellationToken">Gives up, and ends what has been started.</param>
    /// <returns>The cluster, ready for jobs.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="LocalClusterException">This machine has not what a cluster needs.</exception>
    /// <exception cref="ClusterUnreachableException">No silo could be started.</exception>
    public static async Task<GranaryCluster> StartLocalAsync(LocalClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        var told = options ?? new LocalClusterOptions();
        var settings = told.Settings();
        cancellationToken.ThrowIfCancellationRequested();
        var cluster = await TemporaryCluster.Start(settings, new Quiet(told.Notices), Task.CompletedTask, cancellationToken, killNow: default);
        return new GranaryCluster(
            cluster, GranaryClient.Of(cluster.Connection, new LocalPaths(Path.GetFullPath(told.Output), told.SiloProgram, LocalCluster.Names(settings.Silos))));
    }

    /// <summary>Ends the silos, and removes what they have written but the models. A job that is still running is lost.</summary>
    /// <returns>Completes when they have ended.</returns>
    public async ValueTask DisposeAsync()
    {
        _cluster.KillUnlessNeeded();
        await Client.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private sealed class Quiet(IProgress<string>? notices) : IStartListener
    {
        public void Report(StartEvent value)
        {
            // Nobody asked.
        }

        public void Connecting()
        {
            // Nor for this.
        }

        public void Say(string line)
        {
#pragma warning disable CA1031 // silos are started again, and everything is put away, whatever the program makes of what it is told
            try
            {
                notices?.Report(line);
            }
            catch (Exception)
            {
            }
#pragma warning restore CA1031
        }
    }
}
