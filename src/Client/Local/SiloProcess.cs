using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Granary.Client.Local;

/// <summary>One silo's process, with its output in a log file. It ends when this process does, however that ends: it watches
/// its standard input.</summary>
internal sealed partial class SiloProcess : IDisposable
{
    private const int LogTail = 15;
    private const int SigTerm = 15;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StreamWriter _log;
    private readonly Process _process;

    /// <param name="name">The silo's name.</param>
    /// <param name="home">The home directory; the log goes to its logs folder.</param>
    /// <param name="arguments">What the silo is told.</param>
    public SiloProcess(string name, string home, IEnumerable<string> arguments)
    {
        Name = name;
        LogFile = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "logs")).FullName, name + ".log");
        _log = new StreamWriter(new FileStream(LogFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        var info = SiloExecutable.Start(arguments);
        info.RedirectStandardInput = info.RedirectStandardOutput = info.RedirectStandardError = true;
        _process = new Process { StartInfo = info, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new UserException(ExitCode.Unreachable, Ended()));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The silo's name.</summary>
    public string Name { get; }

    /// <summary>Where its output goes.</summary>
    public string LogFile { get; }

    /// <summary>Its process id.</summary>
    public int Pid => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Completes when it has joined the cluster; fails when it ends before that.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when it has ended.</summary>
    public Task Exited => _process.WaitForExitAsync();

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.WriteLine(line);
        }

        if (line.StartsWith("ready ", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }
    }

    private string Ended() => string.Create(
        CultureInfo.InvariantCulture, $"silo {Name} ended with code {_process.ExitCode} before it had joined the cluster. Its last lines:\n{Tail()}");

    /// <summary>The last lines it wrote.</summary>
    public string Tail()
    {
        using var reader = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(LogTail).Select(l => "  " + l));
    }

    /// <summary>Asks it to stop; kills it when it does not in time.</summary>
    public async Task Stop()
    {
        if (!_process.HasExited)
        {
            Terminate(_process.Id);
            try
            {
                await _process.WaitForExitAsync().WaitAsync(Grace);
            }
            catch (TimeoutException)
            {
                KillNow();
                await _process.WaitForExitAsync();
            }
        }
    }

    /// <summary>Kills it.</summary>
    public void KillNow()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    /// <summary>Asks a process to end. One that has ended already does not matter.</summary>
    public static void Terminate(int pid) => _ = Kill(pid, SigTerm);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    /// <inheritdoc/>
    public void Dispose()
    {
        KillNow();
        _process.Dispose();
        _log.Dispose();
    }
}
