using System.Diagnostics;
using System.Globalization;

namespace Granary.Client.Local;

/// <summary>One silo's process, with its output in a log file. It ends when this process does, however that ends: it watches
/// its standard input.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const int LogTail = 15;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<string> _tail = new();
    private readonly StreamWriter _log;
    private readonly Process _process;
    private readonly Stopwatch _up = Stopwatch.StartNew();

    /// <param name="name">The silo's name.</param>
    /// <param name="home">The home directory; the log goes to its logs folder.</param>
    /// <param name="arguments">What the silo is told.</param>
    public SiloProcess(string name, string home, IEnumerable<string> arguments)
    {
        Name = name;
        LogFile = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "logs")).FullName, name + ".log");
        _log = new StreamWriter(new FileStream(LogFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var info = DeafToTheTerminal(SiloExecutable.Start(arguments));
        info.RedirectStandardInput = info.RedirectStandardOutput = info.RedirectStandardError = true;
        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        Pid = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Exited = Follow();
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

    /// <summary>Completes when it has ended and all it wrote is in the log: what came of it, for people.</summary>
    public Task<string> Exited { get; }

    // Ctrl+C on a terminal goes to every process there. Whoever started the silo decides what it means: the job's weights
    // are still to be written. A signal that is ignored stays ignored through exec.
    private static ProcessStartInfo DeafToTheTerminal(ProcessStartInfo silo)
    {
        var info = new ProcessStartInfo("sh", ["-c", "trap '' INT; exec \"$@\"", "sh", silo.FileName, .. silo.ArgumentList]);
        foreach (var (name, value) in silo.Environment)
        {
            info.Environment[name] = value;
        }

        return info;
    }

    private async Task<string> Follow()
    {
        await _process.WaitForExitAsync();
        string ended;
        lock (_log)
        {
            ended = string.Create(
                CultureInfo.InvariantCulture,
                $"silo {Name} ended with code {_process.ExitCode}. Its last lines:\n{string.Join('\n', _tail.Select(l => "  " + l))}");
        }

        _ready.TrySetException(new UserException(ExitCode.Unreachable, ended));
        _ = _ready.Task.Exception; // seen, also where nobody waits for it
        return ended;
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.WriteLine(line);
            _tail.Enqueue(line);
            if (_tail.Count > LogTail)
            {
                _tail.Dequeue();
            }
        }

        if (line.StartsWith("ready ", StringComparison.Ordinal))
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
        await _log.DisposeAsync();
    }
}
