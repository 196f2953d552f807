using System.Globalization;
using System.Runtime.InteropServices;
using Granary.Bench.Measuring;
using Granary.Bench.Quiet;

namespace Granary.Bench.Training;

/// <summary><c>granary train</c> as a user starts it, with built binaries, and its silos' processes.</summary>
internal sealed partial class GranaryJob : IAsyncDisposable
{
    private const int Terminate = 15; // unlike an interrupt, never ignored in a background job
    private const string Name = "name:";
    private const string PageLine = "its page, while it runs: ";
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly Child _client;

    private GranaryJob(Child client, string output, string stepThread) => (_client, Output, StepThread) = (client, output, stepThread);

    /// <summary>Where the model goes.</summary>
    public string Output { get; }

    /// <summary>The name of the thread that takes the steps, in each silo.</summary>
    public string StepThread { get; }

    /// <summary>The command's process id.</summary>
    public int Pid => _client.Pid;

    /// <summary>When the command was started, UTC.</summary>
    public DateTime Started => _client.Started;

    /// <summary>Starts it on two silos with one compute thread each, whatever the number of cores.</summary>
    public static GranaryJob Start(Session session, string file, string telemetry = "none", IReadOnlyDictionary<string, string>? environment = null, bool page = false)
    {
        var output = Path.Combine(session.Scratch, $"run-{Guid.NewGuid():N}");
        var own = new Dictionary<string, string>([.. TwoCores(), .. environment ?? new Dictionary<string, string>()]);
        return new GranaryJob(
            Child.Start(session, "dotnet", [session.Client, "train", file, "--silos", "2", "--output", output, "--telemetry", telemetry, "--json", .. page ? ["--ui"] : Array.Empty<string>()], own),
            output, $"{JobName(file)} steps");
    }

    private static string JobName(string file) => File.ReadLines(file).First(l => l.StartsWith(Name, StringComparison.Ordinal))[Name.Length..].Trim();

    /// <summary>The address of its page, once it is there.</summary>
    public async Task<Uri> Page(CancellationToken cancellation) => new((await _client.Said(PageLine, cancellation))[PageLine.Length..]);

    /// <summary>What gives each of two silos one compute thread: a silo takes its share of the cores.</summary>
    public static IReadOnlyDictionary<string, string> TwoCores() =>
        Environment.ProcessorCount == 2 ? new Dictionary<string, string>() : new() { ["DOTNET_PROCESSOR_COUNT"] = "2" };

    /// <summary>The silos' processes, once both are there.</summary>
    /// <exception cref="ChildException">The command ended, or they did not come.</exception>
    public async Task<IReadOnlyList<int>> Silos(CancellationToken cancellation)
    {
        for (var until = DateTime.UtcNow + StartTime; DateTime.UtcNow < until;)
        {
            var silos = Processes().Where(IsSilo).Order().ToArray();
            if (silos.Length == 2)
            {
                return silos;
            }

            if (!Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{_client.Pid}")))
            {
                throw await _client.Failure(cancellation);
            }

            await Task.Delay(5, cancellation);
        }

        throw new ChildException($"granary train had no two silos after {StartTime.TotalSeconds:0} s.");
    }

    /// <summary>The same, once they have loaded torch: whoever listens to a process whose runtime is just starting can stop it for
    /// good, its first thread and the runtime's own waiting for one another.</summary>
    public async Task<IReadOnlyList<int>> StartedSilos(CancellationToken cancellation)
    {
        var silos = await Silos(cancellation);
        for (var until = DateTime.UtcNow + StartTime; DateTime.UtcNow < until; await Task.Delay(5, cancellation))
        {
            if (silos.All(HasTorch))
            {
                return silos;
            }
        }

        throw new ChildException($"the silos of granary train had not loaded torch after {StartTime.TotalSeconds:0} s.");
    }

    private static bool HasTorch(int pid)
    {
        try
        {
            return File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/maps")).Any(l => l.Contains("libtorch", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            throw new ChildException("a silo of granary train has ended before it had begun.");
        }
    }

    private bool IsSilo(int pid)
    {
        try
        {
            return IsChild(pid) && File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline")).Split('\0') is [var program, _, "silo", ..]
                && Path.GetFileName(program) == "dotnet";
        }
        catch (IOException)
        {
            return false; // it has ended in the meantime
        }
    }

    /// <summary>Waits until a process that the command has started has a file of a folder open; returns when that was, UTC. The check of the data, which reads all of it before
    /// the silos do, counts too.</summary>
    /// <exception cref="ChildException">The command ended before.</exception>
    public async Task<DateTime> Opened(string folder, CancellationToken cancellation)
    {
        while (!Processes().Any(p => IsChild(p) && HasOpen(p, folder)))
        {
            if (!Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{_client.Pid}/fd")))
            {
                throw new ChildException($"granary train ended without reading anything of {folder}");
            }

            await Task.Delay(5, cancellation);
        }

        return DateTime.UtcNow;
    }

    private static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _))
        .Select(n => int.Parse(n!, CultureInfo.InvariantCulture));

    private bool IsChild(int pid)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return ProcessEntry.Parse(stat).Parent == _client.Pid;
        }
        catch (IOException)
        {
            return false; // it has ended in the meantime
        }
    }

    private static bool HasOpen(int pid, string folder)
    {
        try
        {
            return Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
                .Any(f => new FileInfo(f).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits for its good end.</summary>
    /// <exception cref="ChildException">It failed.</exception>
    public async Task Finish(CancellationToken cancellation)
    {
        if (await _client.Exit(cancellation) != 0)
        {
            throw await _client.Failure(cancellation);
        }
    }

    /// <summary>Has it end at a step boundary, and waits for that.</summary>
    public async Task Stop(CancellationToken cancellation)
    {
        _ = Kill(_client.Pid, Terminate);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(StopTime);
        try
        {
            _ = await _client.Exit(time.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ChildException($"granary train did not end within {StopTime.TotalSeconds:0} s of a SIGTERM");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
