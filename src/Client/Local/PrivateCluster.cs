using Granary.Client.Commands;
using Granary.Client.Display;

namespace Granary.Client.Local;

/// <summary>A cluster of silos on this machine for one command, gone when the command has ended. A silo that ends before is started
/// again.</summary>
internal sealed class PrivateCluster
{
    private readonly TemporaryCluster _cluster;

    private PrivateCluster(TemporaryCluster cluster) => _cluster = cluster;

    /// <summary>Where its page is; null: nowhere.</summary>
    public Uri? Web => _cluster.Web;

    /// <summary>Its silos' processes, as they are now.</summary>
    public IReadOnlyList<SiloProcess> Silos => _cluster.Silos;

    /// <summary>Starts it, uses it and ends it. A second interruption kills the silos.</summary>
    /// <param name="settings">How its silos run.</param>
    /// <param name="interruption">The first one ends the waiting for its start.</param>
    /// <param name="use">What to do with it. It is cancelled when no silo is left and starting them again is of no use.</param>
    /// <param name="permission">Must complete before it is used, and is waited for while the silos start; when it fails, they are killed.</param>
    /// <param name="narrator">Says how the start goes, and ends when the cluster is used; one of its own if left out.</param>
    /// <exception cref="GranaryException">No silo can start, or none is left.</exception>
    public static async Task<T> Run<T>(
        LocalSettings settings, Interruption interruption, Func<PrivateCluster, GranaryClient, CancellationToken, Task<T>> use, Task? permission = null, Narrator? narrator = null)
    {
        using var told = new NarratedStart(narrator ?? Narrator.OfThisProcess());
        told.Starting(settings.Silos);
        await using var cluster = await TemporaryCluster.Start(settings, told, permission ?? Task.CompletedTask, interruption.Token, interruption.Again);
        await using var client = GranaryClient.Of(cluster.Connection);
        told.Dispose();
        var result = await new PrivateCluster(cluster).Use(client, use, interruption.Token);
        if (!interruption.Token.IsCancellationRequested)
        {
            cluster.KillUnlessNeeded(); // the job has ended, so a graceful shutdown would save nothing
        }

        return result;
    }

    /// <summary>Stops every silo gracefully, for callers that need their last output; none is started again.</summary>
    public Task Stop() => _cluster.Stop();

    private async Task<T> Use<T>(
        GranaryClient client, Func<PrivateCluster, GranaryClient, CancellationToken, Task<T>> use, CancellationToken interrupted)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(interrupted, _cluster.Lost);
        try
        {
            return await use(this, client, waiting.Token);
        }
        catch (OperationCanceledException) when (_cluster.LastWords is { } last && !interrupted.IsCancellationRequested)
        {
            throw new UserException(ExitCode.JobFailed, $"every silo has ended, for the third time, and its work with it; the last one: {last}");
        }
        finally
        {
            await _cluster.Settle();
        }
    }
}
