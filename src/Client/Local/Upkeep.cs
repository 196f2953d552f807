using System.ComponentModel;

namespace Granary.Client.Local;

/// <summary>What is done again and again for a lasting local cluster, by one hand: silos that have ended are started again, and
/// silos are added or taken away on request. What fails is told and tried again: the other silos live on.</summary>
/// <param name="home">The cluster's home.</param>
/// <param name="cluster">Its silos.</param>
internal sealed class Upkeep(ClusterHome home, LocalCluster cluster)
{
    private readonly Dictionary<SiloProcess, RestartPause> _restarts = [];
    private RestartPause _resize = new(TimeSpan.Zero);
    private ClusterRecord? _written;
    private string? _told;

    /// <summary>Looks at everything once, and does what is due.</summary>
    public async Task Look()
    {
        for (var i = 0; i < cluster.Silos.Count; i++)
        {
            if (cluster.Silos[i].Exited.IsCompleted)
            {
                await StartAgain(i);
            }
        }

        if (home.Wanted() is { } wanted && wanted >= 1 && wanted != cluster.Silos.Count && _resize.IsOver)
        {
            var done = await Try(wanted > cluster.Silos.Count ? Add : cluster.Remove);
            (_resize, _told) = done ? (new(TimeSpan.Zero), null) : (RestartPause.AfterPause(_resize.Length), _told);
        }

        var record = new ClusterRecord(cluster.Id, cluster.Silos.Count, cluster.Silos.Count(s => s.IsUp), Environment.ProcessId);
        if (record != _written && await Try(() => Write(record)))
        {
            _written = record;
        }
    }

    private async Task StartAgain(int place)
    {
        var ended = cluster.Silos[place];
        if (!_restarts.TryGetValue(ended, out var pause))
        {
            _restarts.Add(ended, pause = RestartPause.After(ended));
            Say($"silo {ended.Name} (pid {ended.Pid}) ended; starting it again in {pause.Length.TotalSeconds:0.##} s");
        }

        if (!pause.IsOver)
        {
            return;
        }

        if (await Try(() => cluster.Restart(place)))
        {
            _told = null;
            _restarts.Remove(ended);
            cluster.Silos[place].Pause = pause.Length;
        }
        else
        {
            _restarts[ended] = RestartPause.AfterPause(pause.Length);
        }
    }

    private Task Add()
    {
        cluster.Add();
        return Task.CompletedTask;
    }

    private Task Write(ClusterRecord record)
    {
        home.Write(record);
        return Task.CompletedTask;
    }

    // No process, no room on the disk, no silo's program just now: none of that is a reason to give up silos that run.
    private async Task<bool> Try(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception e) when (e is UserException or Jobs.JobException or IOException or UnauthorizedAccessException or Win32Exception)
        {
            if (e.Message != _told)
            {
                Say(_told = e.Message); // once, not at every look
            }

            return false;
        }
    }

    private static void Say(string message)
    {
        try
        {
            Console.Error.WriteLine(message);
        }
        catch (IOException)
        {
            // This output is a file on the same disk.
        }
    }
}
