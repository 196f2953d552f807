using System.Diagnostics;

namespace Granary.Client.Local;

/// <summary>Keeps the silos of a lasting local cluster up: one that ends is started again, more slowly each time it ends soon.</summary>
internal static class Supervisor
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Runs until told to stop; then stops every silo.</summary>
    public static async Task Run(ClusterHome home, LocalSettings settings, CancellationToken cancellation)
    {
        await using var cluster = new LocalCluster(home.Path, settings);
        try
        {
            await cluster.Start(cancellation);
            home.Write(new ClusterRecord(cluster.Id, settings.Silos, Environment.ProcessId));
            await Task.WhenAll(Enumerable.Range(0, settings.Silos).Select(i => KeepUp(cluster, i, cancellation)));
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

    private static async Task KeepUp(LocalCluster cluster, int index, CancellationToken cancellation)
    {
        var pause = TimeSpan.FromMilliseconds(250);
        while (true)
        {
            var up = Stopwatch.StartNew();
            await cluster.Silos[index].Exited.WaitAsync(cancellation);
            Console.Error.WriteLine($"silo {cluster.Silos[index].Name} (pid {cluster.Silos[index].Pid}) ended; starting it again in {pause.TotalSeconds:0.##} s");
            await Task.Delay(pause, cancellation);
            pause = up.Elapsed < Soon ? (pause * 2 < LongestPause ? pause * 2 : LongestPause) : TimeSpan.FromMilliseconds(250);
            cluster.Restart(index);
        }
    }
}
