using System.Diagnostics;

namespace Granary.Client.Local;

/// <summary>Keeps the silos of a lasting local cluster up: one that ends is started again, more slowly each time it ends soon.</summary>
internal static class Supervisor
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Runs until told to stop; then stops every silo.</summary>
    public static async Task Run(ClusterHome home, LocalSettings settings, CancellationToken cancellation)
    {
        using var only = Only(home);
        await using var cluster = new LocalCluster(home.Path, settings);
        try
        {
            await cluster.Start(cancellation);
            home.Want(settings.Silos);
            home.Write(new ClusterRecord(cluster.Id, settings.Silos, Environment.ProcessId));
            await KeepUp(home, cluster, cancellation);
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

    // One hand for all of it: what is started again, and what is added or taken away on request.
    private static async Task KeepUp(ClusterHome home, LocalCluster cluster, CancellationToken cancellation)
    {
        var restarts = new Dictionary<SiloProcess, Restart>();
        while (true)
        {
            await Task.Delay(LookEvery, cancellation);
            if (home.Wanted() is { } wanted && wanted >= 1 && wanted != cluster.Silos.Count)
            {
                await (wanted > cluster.Silos.Count ? cluster.Add() : cluster.Remove());
                home.Write(new ClusterRecord(cluster.Id, cluster.Silos.Count, Environment.ProcessId));
                continue;
            }

            for (var i = 0; i < cluster.Silos.Count; i++)
            {
                var silo = cluster.Silos[i];
                if (!silo.Exited.IsCompleted)
                {
                    continue;
                }

                if (!restarts.TryGetValue(silo, out var restart))
                {
                    restarts.Add(silo, restart = Restart.After(silo));
                    Console.Error.WriteLine($"silo {silo.Name} (pid {silo.Pid}) ended; starting it again in {restart.Pause.TotalSeconds:0.##} s");
                }

                if (restart.IsDue)
                {
                    restarts.Remove(silo);
                    await cluster.Restart(i);
                    cluster.Silos[i].Pause = restart.Pause;
                }
            }
        }
    }

    // More slowly each time it ends soon.
    private sealed record Restart(TimeSpan Pause)
    {
        private readonly Stopwatch _since = Stopwatch.StartNew();

        public bool IsDue => _since.Elapsed >= Pause;

        public static Restart After(SiloProcess silo) => new(
            silo.Up > Soon ? FirstPause : silo.Pause * 2 < LongestPause ? (silo.Pause * 2 > FirstPause ? silo.Pause * 2 : FirstPause) : LongestPause);
    }
}
