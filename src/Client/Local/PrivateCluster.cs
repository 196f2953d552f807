using Granary.Client.Commands;
using Granary.Client.Display;
using Granary.Jobs;

namespace Granary.Client.Local;

/// <summary>A cluster of silos on this machine for one command, gone when the command has ended. A silo that ends before is started
/// again.</summary>
internal sealed class PrivateCluster
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly LocalCluster _cluster;
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PrivateCluster(LocalCluster cluster) => _cluster = cluster;

    /// <summary>Its silos' processes, as they are now.</summary>
    public IReadOnlyList<SiloProcess> Silos => _cluster.Silos;

    /// <summary>Starts it, uses it and ends it. A second interruption kills the silos.</summary>
    /// <param name="settings">How its silos run.</param>
    /// <param name="interruption">The first one ends the waiting for its start.</param>
    /// <param name="use">What to do with it. It is cancelled when no silo is left and starting them again is of no use.</param>
    /// <param name="permission">Must complete before it is used, and is waited for while the silos start; when it fails, they are killed.</param>
    /// <param name="narrator">Says how the start goes, and ends when the cluster is used; one of its own if left out.</param>
    /// <exception cref="UserException">No silo can start, or none is left.</exception>
    public static async Task<T> Run<T>(
        LocalSettings settings, Interruption interruption, Func<PrivateCluster, GranaryClient, CancellationToken, Task<T>> use, Task? permission = null, Narrator? narrator = null)
    {
        using var told = narrator ?? Narrator.OfThisProcess();
        using var home = new TemporaryFolder("granary-");
        told.Starting(settings.Silos);
        await File.WriteAllTextAsync(Path.Combine(home.Path, ".granary-temporary-home"), home.Path); // silos remove no home that does not say this of itself
        LocalCluster? stopping = null;
        using var hardStop = interruption.Again.Register(() => stopping?.Kill()); // while it stops, too
        await using var cluster = stopping = new LocalCluster(home.Path, settings with { TemporaryHome = true });
        var connection = Task.Run(() => GranaryClient.Build(cluster.Address));
        await Ready(permission, cluster.Start(interruption.Token, told), cluster, told);
        told.DoingBriefly("connecting to the silos");
        await using var client = await GranaryClient.Connect(await connection, cluster.Address, interruption.Token);
        told.Dispose();
        var result = await new PrivateCluster(cluster).Use(client, use, interruption.Token);
        if (!interruption.Token.IsCancellationRequested && !Keeps())
        {
            cluster.Kill(); // the job has ended, and what they have goes with them: good order would save nothing
        }

        return result;
    }

    // Checkpoints in a place of the user's are cleared away as silos go, and programs of the user's own may do what they like then.
    private static bool Keeps() => Array.Exists(["GRANARY_CHECKPOINTS", "GRANARY_SILO"], v => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v)));

    // In the order in which they complete: silos that cannot start are told of at once, and not after a check that may take minutes.
    private static async Task Ready(Task? permission, Task<IReadOnlyList<string>> started, LocalCluster cluster, Narrator told)
    {
        try
        {
            await foreach (var done in Task.WhenEach(permission ?? Task.CompletedTask, started))
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
            told.Say($"beginning with {cluster.Silos.Count(s => s.IsUp)} of {Plural.Of(cluster.Silos.Count, "silo")}: {missing}");
        }
    }

    /// <summary>Stops every silo, in good order, for whoever needs what they say as they stop; none is started again.</summary>
    public Task Stop() => _cluster.Stop();

    private async Task<T> Use<T>(
        GranaryClient client, Func<PrivateCluster, GranaryClient, CancellationToken, Task<T>> use, CancellationToken interrupted)
    {
        using var ended = new CancellationTokenSource();
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        var keeping = Keep(waiting, ended.Token);
        try
        {
            return await use(this, client, waiting.Token);
        }
        catch (OperationCanceledException) when (_lost.Task.IsCompleted && !interrupted.IsCancellationRequested)
        {
            throw new UserException(ExitCode.JobFailed, $"every silo has ended, for the third time, and its work with it; the last one: {await _lost.Task}");
        }
        finally
        {
            await ended.CancelAsync();
            await keeping;
        }
    }

    private async Task Keep(CancellationTokenSource waiting, CancellationToken ended)
    {
        var restarts = new Restarts(_cluster, Terminal.Say);
        while (!ended.IsCancellationRequested)
        {
            await restarts.Look();
            if (restarts.Hopeless is { } last)
            {
                _lost.SetResult(last);
                await waiting.CancelAsync();
                return;
            }

            await Task.Delay(LookEvery, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
