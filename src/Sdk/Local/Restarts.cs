using System.ComponentModel;
using System.Diagnostics;

namespace Granary.Sdk.Local;

/// <summary>Restarts silos of a local cluster that have ended: the sooner a silo ends, the longer the pause before its restart. What fails is reported and
/// tried again; the other silos are not affected.</summary>
/// <param name="cluster">The silos.</param>
/// <param name="say">Told what happens, for people.</param>
internal sealed class Restarts(LocalCluster cluster, Action<string> say)
{
    // A job that kills every silo would do so again and again.
    private const int MostLosses = 3;

    // Losses that are further apart have nothing to do with one another.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Dictionary<SiloProcess, RestartPause> _pauses = [];
    private string? _told;
    private bool _allEnded;
    private int _losses;
    private readonly Stopwatch _sinceLoss = new();

    /// <summary>Why there is no use in going on: for the third time no silo is left. Null while there is.</summary>
    public string? Hopeless { get; private set; }

    /// <summary>Looks at every silo once, and starts those again that are due.</summary>
    public async Task Look()
    {
        var silos = cluster.Silos;
        if (cluster.IsEnding)
        {
            return;
        }

        await Count(silos);
        for (var i = 0; i < silos.Count; i++)
        {
            if (silos[i].Exited.IsCompleted)
            {
                await StartAgain(silos[i], i);
            }
        }
    }

    /// <summary>Does something that the system may refuse just now: no process, no room on the disk, no silo's program. None of that is
    /// a reason to give up silos that run. Returns whether it was done; why not is told once.</summary>
    public async Task<bool> Try(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception e) when (e is GranaryException or Jobs.JobException or IOException or UnauthorizedAccessException or Win32Exception)
        {
            if (e.Message != _told)
            {
                say(_told = e.Message); // once, not at every look
            }

            return false;
        }
    }

    /// <summary>The next failure is reported even if its message is the same as before.</summary>
    public void Succeeded() => _told = null;

    private async Task Count(IReadOnlyList<SiloProcess> silos)
    {
        var before = _allEnded;
        _allEnded = silos.All(s => s.Exited.IsCompleted);
        if (!_allEnded || before)
        {
            return;
        }

        _losses = _sinceLoss.IsRunning && _sinceLoss.Elapsed < Memory ? _losses + 1 : 1;
        _sinceLoss.Restart();
        if (_losses == MostLosses)
        {
            Hopeless = await silos[^1].Exited;
        }
    }

    private async Task StartAgain(SiloProcess ended, int place)
    {
        if (!_pauses.TryGetValue(ended, out var pause))
        {
            _pauses.Add(ended, pause = RestartPause.After(ended));
            say($"silo {ended.Name} (pid {ended.Pid}) {ended.Ending}; starting it again in {pause.Length.TotalSeconds:0.##} s");
        }

        if (!pause.IsOver)
        {
            return;
        }

        if (await Try(() => cluster.Restart(place)))
        {
            Succeeded();
            _allEnded = false;
            _pauses.Remove(ended);
            cluster.Silos[place].Pause = pause.Length;
        }
        else
        {
            _pauses[ended] = RestartPause.AfterPause(pause.Length);
        }
    }
}
