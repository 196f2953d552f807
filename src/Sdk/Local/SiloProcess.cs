using System.Diagnostics;
using System.Globalization;

namespace Granary.Sdk.Local;

/// <summary>One silo's process, with its output in a log file. It ends when this process does, however that ends: it watches
/// its standard input.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    // Longer than a silo waits for a job's step boundary before it leaves without one (10 s): what it does after that has time too.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    private const int WrongUsage = 2;
    private const int BySignal = 128;
    private const string ReadyLine = "ready ";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SiloLog _log;
    private readonly Process _process;
    private readonly Stopwatch _up = Stopwatch.StartNew();

    /// <param name="name">The silo's name.</param>
    /// <param name="home">The home directory; the log goes to its logs folder.</param>
    /// <param name="program">The silo's program and what it is told.</param>
    /// <param name="largeLog">The size of its log, in bytes, at which another is begun.</param>
    /// <param name="longestStart">How long after its start it is ended if it has not joined; as <see cref="StartRule"/> says if left out.</param>
    /// <exception cref="IOException">The log cannot be opened.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">No process can be started.</exception>
    public SiloProcess(string name, string home, ProcessStartInfo program, long largeLog = SiloLog.Large, TimeSpan? longestStart = null)
    {
        Name = name;
        LogFile = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "logs")).FullName, name + ".log");
        _log = new SiloLog(LogFile, largeLog);
        var info = DeafToTheTerminal(program);
        info.RedirectStandardInput = info.RedirectStandardOutput = info.RedirectStandardError = true;
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        try
        {
            _process.Start();
        }
        catch
        {
            _process.Dispose();
            _log.Dispose();
            throw;
        }

        Pid = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = Follow();
        _ = EndUnlessReady(longestStart);
    }

    /// <summary>How long ago it was started.</summary>
    public TimeSpan Up => _up.Elapsed;

    /// <summary>How long its place had been empty before it was started.</summary>
    public TimeSpan Pause { get; set; }

    /// <summary>The silo's name.</summary>
    public string Name { get; }

    /// <summary>Where its output goes.</summary>
    public string LogFile { get; }

    /// <summary>Its process id.</summary>
    public int Pid { get; }

    /// <summary>Completes when it has joined the cluster; fails when it ends before that.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Whether it has ended because one of its settings cannot be used: it would do so again.</summary>
    public bool RefusesItsSettings => Exited.IsCompleted && _process.ExitCode == WrongUsage;

    /// <summary>How it has ended, in a few words; why, in its own words, where it has ended by itself.</summary>
    public string Ending => string.Create(CultureInfo.InvariantCulture, $"ended with code {_process.ExitCode}")
        + (_process.ExitCode < BySignal && LastWords(_log.Tail) is { } words ? $" ({words})" : "");

    // What it says of its end is no log entry, which would begin with the time; entries of other threads may follow.
    private static string? LastWords(IReadOnlyList<string> lines) =>
        lines.LastOrDefault(l => l.Length > 0 && !char.IsAsciiDigit(l[0]) && !l.StartsWith(ReadyLine, StringComparison.Ordinal)) ?? lines.LastOrDefault(l => l.Length > 0);

    /// <summary>Whether it has joined the cluster, and runs still.</summary>
    public bool IsUp => Ready.IsCompletedSuccessfully && !Exited.IsCompleted;

    /// <summary>Completes when it has ended and all it wrote is in the log: what came of it, for people.</summary>
    public Task<string> Exited { get; }

    // Ctrl+C on a terminal goes to every process there, and so does its end; whoever stops a group of processes means all of them. What it
    // means for silos is decided by whoever started them: the job's weights are still to be written. So they have a session of their own,
    // and where that cannot be had they ignore the terminal. A signal that is ignored stays ignored through exec.
    private static ProcessStartInfo DeafToTheTerminal(ProcessStartInfo silo)
    {
        var info = new ProcessStartInfo("sh", ["-c", "trap '' INT HUP; command -v setsid >/dev/null && exec setsid \"$@\"; exec \"$@\"", "sh", silo.FileName, .. silo.ArgumentList]);
        info.Environment.Clear(); // what has been taken out of the silo's must not come from this process
        foreach (var (name, value) in silo.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private async Task<string> Follow()
    {
        await _process.WaitForExitAsync();
        RuntimeFiles.Remove(Pid);
        var ended = string.Create(
            CultureInfo.InvariantCulture,
            $"silo {Name} ended with code {_process.ExitCode}. Its last lines:\n{string.Join('\n', _log.Tail.Select(l => "  " + l))}");
        _ready.TrySetException(new ClusterUnreachableException(ended));
        _ = _ready.Task.Exception; // seen, also where nobody waits for it
        return ended;
    }

    // A process that neither joins nor ends would be waited for without end.
    private async Task EndUnlessReady(TimeSpan? longest)
    {
        var (work, looked) = (TimeSpan.Zero, TimeSpan.Zero);
        while (!await ReadyWithin(longest ?? LookEvery))
        {
            var (before, since, now) = (work, looked, Up);
            (work, looked) = (Work(), now);
            if (longest is not null || StartRule.Hangs(now, work, work - before, now - since))
            {
                _log.Write(string.Create(CultureInfo.InvariantCulture, $"{Name} (pid {Pid}) has not joined the cluster {(longest ?? now).TotalSeconds:0.#} s after its start, and is ended"));
                KillNow();
                return;
            }
        }
    }

    // Whether there is nothing to wait for any more.
    private async Task<bool> ReadyWithin(TimeSpan time)
    {
        try
        {
            await Ready.WaitAsync(time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (ClusterUnreachableException)
        {
            return true; // it has ended by itself
        }
    }

    private TimeSpan Work()
    {
        try
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            return TimeSpan.Zero; // it ends just now
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _log.Write(line);
        if (line.StartsWith(ReadyLine, StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    /// <summary>Asks it to stop; kills it when it does not in time.</summary>
    public async Task Stop()
    {
        if (!Exited.IsCompleted)
        {
            Signal.Send(Pid, Signal.Terminate);
            try
            {
                await Exited.WaitAsync(Grace);
            }
            catch (TimeoutException)
            {
                KillNow();
                await Exited;
            }
        }
    }

    /// <summary>Kills it.</summary>
    public void KillNow()
    {
        if (!Exited.IsCompleted)
        {
            _process.Kill();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        KillNow();
        await Exited;
        _process.Dispose();
        _log.Dispose();
    }
}
