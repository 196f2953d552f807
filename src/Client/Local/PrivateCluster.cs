using Granary.Client.Commands;
using Granary.Client.Display;

namespace Granary.Client.Local;

/// <summary>A cluster of silos on this machine for one command, gone when the command has ended.</summary>
internal static class PrivateCluster
{
    /// <summary>Starts it, uses it and stops it. A second interruption kills the silos.</summary>
    /// <param name="settings">How its silos run.</param>
    /// <param name="interruption">The first one ends the waiting for its start.</param>
    /// <param name="use">What to do with it.</param>
    /// <param name="permission">Must complete before it is used, and is waited for while the silos start; when it fails, they are killed.</param>
    /// <param name="narrator">Says how the start goes, and ends when the cluster is used; one of its own if left out.</param>
    public static async Task<T> Run<T>(
        LocalSettings settings, Interruption interruption, Func<LocalCluster, GranaryClient, Task<T>> use, Task? permission = null, Narrator? narrator = null)
    {
        using var told = narrator ?? Narrator.OfThisProcess();
        told.Starting(settings.Silos);
        using var home = new TemporaryFolder("granary-");
        await File.WriteAllTextAsync(Path.Combine(home.Path, ".granary-temporary-home"), home.Path); // silos remove no home that does not say this of itself
        await using var cluster = new LocalCluster(home.Path, settings with { TemporaryHome = true });
        using var hardStop = interruption.Again.Register(() =>
        {
            foreach (var silo in cluster.Silos)
            {
                silo.KillNow();
            }
        });
        var started = cluster.Start(interruption.Token, told);
        var connection = Task.Run(() => GranaryClient.Build(cluster.Address));
        await Ready(permission, started, cluster);
        told.DoingBriefly("connecting to the silos");
        await using var client = await GranaryClient.Connect(await connection, cluster.Address, interruption.Token);
        told.Dispose();
        return await use(cluster, client);
    }

    // In the order in which they complete: a silo that cannot start is told of at once, and not after a check that may take minutes.
    private static async Task Ready(Task? permission, Task started, LocalCluster cluster)
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
            foreach (var silo in cluster.Silos)
            {
                silo.KillNow(); // they have nothing to bring to an end
            }

            throw;
        }
    }

    // Nothing starts a private cluster's silos again: once the last has gone, no answer will come.

    /// <summary>Cancels a wait when every silo has ended; completes with what came of the last one.</summary>
    public static async Task<string> StopWhenLost(LocalCluster cluster, CancellationTokenSource waiting)
    {
        var ended = await cluster.AllEnded();
        try
        {
            await waiting.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // What was waited for had come before.
        }

        return ended;
    }
}
