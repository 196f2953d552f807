using System.Diagnostics;

namespace Granary.Client.Local;

/// <summary>Keeps the silos of a lasting local cluster up: one that ends is started again, more slowly each time it ends soon.</summary>
internal static class Supervisor
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs until it is cancelled; then stops every silo.</summary>
    /// <param name="home">The cluster's home.</param>
    /// <param name="settings">How the silos run.</param>
    /// <param name="cancellation">Tells it to stop.</param>
    /// <param name="program">Makes a silo's start information from its arguments; Granary's own program if left out.</param>
    /// <param name="dashboard">Address of the dashboard that telemetry goes to; null: there is none.</param>
    /// <exception cref="UserException">None of the first silos has joined, one refuses its settings, or another supervisor is at work here.</exception>
    public static async Task Run(
        ClusterHome home, LocalSettings settings, CancellationToken cancellation, Func<IEnumerable<string>, ProcessStartInfo>? program = null, Uri? dashboard = null)
    {
        using var only = Only(home);
        await using var cluster = new LocalCluster(home.Path, settings, program);
        try
        {
            foreach (var missing in await cluster.Start(cancellation))
            {
                await Console.Error.WriteLineAsync(missing);
            }

            home.Want(settings.Silos);
            home.Write(new ClusterRecord(cluster.Id, settings.Silos, cluster.Silos.Count(s => s.IsUp), Environment.ProcessId, cluster.Web, dashboard));
            for (var restarter = new SiloRestarter(home, cluster); ; await restarter.Look())
            {
                await Task.Delay(LookEvery, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        finally
        {
            home.Forget();
        }
    }

    // Two started at the same moment must not both keep silos under one home; a lock ends with its process.
    private static FileStream Only(ClusterHome home)
    {
        try
        {
            return new FileStream(Path.Combine(home.Path, "supervisor.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new UserException(ExitCode.Unreachable, $"a cluster is starting or stopping under {home.Path}. Try again in a moment.");
        }
    }
}
