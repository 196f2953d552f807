using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Cluster.Tests;

/// <summary>The command line as a user runs it: a process, its output, its exit code.</summary>
internal sealed class CommandLine : IDisposable
{
    // For what hangs, from the last line it has written: a command that tells of its progress may take as long as the machine makes it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // For what goes on telling of its progress and never ends.
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(20);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly BlockingCollection<string> _lines = [];
    private int _ended; // of output and errors
    private long _spoke = Stopwatch.GetTimestamp(); // when its last line came

    public CommandLine(string folder, params string[] arguments)
        : this(folder, [], arguments)
    {
    }

    /// <param name="within">What comes before the program, as what enters a network namespace and then becomes the program.</param>
    public CommandLine(string folder, (string Name, string Value)[] variables, string[] arguments, string[]? within = null)
    {
        // A session of its own, as a terminal would give it: it can be signalled with all that it has started.
        var info = new ProcessStartInfo("setsid", [.. within ?? [], "dotnet", Metadata("Client"), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        info.Environment["GRANARY_HOME"] = Path.Combine(folder, "home");
        foreach (var (name, value) in variables)
        {
            info.Environment[name] = value;
        }

        _process = new Process { StartInfo = info };
        _process.OutputDataReceived += (_, e) => Take(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Take(_errors, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static string Examples { get; } = Path.Combine(Path.GetFullPath(Metadata("Root")), "examples");

    /// <summary>A page of the docs.</summary>
    /// <param name="path">Its path from the repository's root.</param>
    public static string Page(string path) => File.ReadAllText(Path.Combine(Examples, "..", path));

    /// <summary>The command line's assembly.</summary>
    public static string Program => Metadata("Client");

    public int Pid => _process.Id;

    public string Output { get { lock (_output) { return _output.ToString(); } } }

    public string Errors { get { lock (_errors) { return _errors.ToString(); } } }

    public JsonElement Json
    {
        get
        {
            Assert.False(string.IsNullOrWhiteSpace(Output), Errors); // where it has failed, that says why
            return JsonDocument.Parse(Output).RootElement;
        }
    }

    private static string Metadata(string key) =>
        typeof(CommandLine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;

    private void Take(StringBuilder to, string? line)
    {
        if (line is not null)
        {
            Volatile.Write(ref _spoke, Stopwatch.GetTimestamp());
            lock (to)
            {
                to.AppendLine(line);
            }

            _lines.Add(line);
        }
        else if (Interlocked.Increment(ref _ended) == 2)
        {
            _lines.CompleteAdding();
        }
    }

    // What tells how a start goes, before anything can go wrong.
    private static readonly Regex Progress = new(@"^(reading the data|starting \d+ silos?|silo-\d+ has joined \(\d+ of \d+\)|evaluating .*)$");

    /// <summary>The one error on standard error: besides it there is progress alone, and nothing after it.</summary>
    public static string OneError(string errors)
    {
        var lines = errors.TrimEnd().Split('\n');
        Assert.StartsWith("granary: ", lines[^1]);
        Assert.All(lines[..^1], l => Assert.Matches(Progress, l));
        return lines[^1];
    }

    /// <summary>Waits for a line that holds a text.</summary>
    public void WaitFor(string text)
    {
        while (_lines.TryTake(out var line, Patience))
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"no line with '{text}' came; the errors were: {Errors}");
    }

    /// <summary>Its end, however late.</summary>
    public Task Ended => _process.WaitForExitAsync();

    public async Task<int> Exit()
    {
        var begun = Stopwatch.GetTimestamp();
        var exit = _process.WaitForExitAsync();
        while (await Task.WhenAny(exit, Task.Delay(TimeSpan.FromSeconds(1))) != exit)
        {
            var silence = Stopwatch.GetElapsedTime(Volatile.Read(ref _spoke));
            Assert.True(silence < Patience && Stopwatch.GetElapsedTime(begun) < LongestRun, $"it has not ended and has written nothing for {silence}; the output was: {Output}\nthe errors were: {Errors}");
        }

        await exit;
        return _process.ExitCode;
    }

    /// <summary>Waits for its end, which must be code 0.</summary>
    public async Task Succeeds()
    {
        var code = await Exit();
        Assert.True(code == 0, $"it ended with code {code}:\n{Errors}");
    }

    public static async Task<CommandLine> Run(string folder, params string[] arguments)
    {
        var command = new CommandLine(folder, arguments);
        await command.Exit();
        return command;
    }

    /// <summary>Sends a signal to this process alone.</summary>
    public void Signal(string name) => Kill(name, $"{_process.Id}");

    /// <summary>Ctrl+C, as a terminal sends it: to this process and to every other in its group.</summary>
    public void PressCtrlC() => Kill("INT", $"-{_process.Id}");

    /// <summary>Sends a signal to a process, or to a group ("-4711").</summary>
    public static void Kill(string name, string target)
    {
        using var kill = Process.Start("kill", ["-" + name, "--", target]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>The silo processes that a process has started, by whichever of its threads.</summary>
    public Process[] Children() => [.. Directory.GetDirectories($"/proc/{_process.Id}/task").SelectMany(ChildrenOf).Distinct().Select(Process.GetProcessById)];

    private static int[] ChildrenOf(string thread)
    {
        try
        {
            return [.. File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // the thread has just ended; another has its children
        }
    }

    /// <summary>Nothing that a command has shown is a frame of a stack.</summary>
    public static void HasNoStack(CommandLine command) => Assert.DoesNotMatch(@"(?m)^\s*at [\w.<>]+\(|\.cs:line \d+|--- End of", command.Output + command.Errors);

    public static bool IsAlive(int pid) => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
