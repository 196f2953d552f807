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
        using var only = Only(home);
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
            await cluster.Restart(index);
        }
    }
}
