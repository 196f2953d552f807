using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Granary.Bench.Measuring;

/// <summary>A measuring process failed; the message ends with the last of what it wrote.</summary>
internal sealed class ChildException(string message) : Exception(message);

/// <summary>A process that measures and prints what it found as one line of JSON. Killed when it is disposed of.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task _errors;
    private readonly List<string> _said = [];

    private Child(Process process)
    {
        _process = process;
        _errors = Listen();
        Pid = process.Id;
    }

    /// <summary>Its process id.</summary>
    public int Pid { get; }

    /// <summary>When it was started, UTC.</summary>
    public DateTime Started { get; private init; }

    /// <summary>Starts a program in the environment that all sides share.</summary>
    public static Child Start(Session session, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = session.Scratch,
        };
        session.Environment.Apply(info);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            info.Environment[name] = value;
        }

        var started = DateTime.UtcNow;
        return new Child(Process.Start(info)!) { Started = started };
    }

    /// <summary>Starts this program in one of its measuring parts.</summary>
    public static Child StartPart(Session session, params IEnumerable<string> arguments) =>
        Start(session, "dotnet", [typeof(Child).Assembly.Location, Parts.Command, .. arguments]);

    /// <summary>Starts a peer's script, with the best of its BLAS.</summary>
    public static Child StartPython(Session session, string script, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Start(
            session, Peers.Python, [Path.Combine(session.Root, "bench", "peers", script), .. arguments],
            new Dictionary<string, string>([.. session.PeerArithmetic.Environment, .. environment ?? new Dictionary<string, string>()]));

    /// <summary>The next line it prints.</summary>
    /// <exception cref="ChildException">It ended instead.</exception>
    public async Task<string> ReadLine(CancellationToken cancellation) =>
        await _process.StandardOutput.ReadLineAsync(cancellation) ?? throw await Failure(cancellation);

    /// <summary>Tells it something.</summary>
    public Task WriteLine(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>The first line of JSON it prints, read after it has ended well.</summary>
    /// <exception cref="ChildException">It failed, or printed none.</exception>
    public async Task<JsonObject> Result(CancellationToken cancellation)
    {
        var output = await _process.StandardOutput.ReadToEndAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        var line = output.Split('\n').FirstOrDefault(l => l.StartsWith('{'));
        return _process.ExitCode == 0 && line is not null ? JsonNode.Parse(line)!.AsObject() : throw await Failure(cancellation);
    }

    /// <summary>Waits for its end, however it ends; returns its exit code.</summary>
    public async Task<int> Exit(CancellationToken cancellation)
    {
        _ = await _process.StandardOutput.ReadToEndAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode;
    }

    /// <summary>The first line of its standard error that begins so, once there is one.</summary>
    /// <exception cref="ChildException">It ended before.</exception>
    public async Task<string> Said(string beginning, CancellationToken cancellation)
    {
        while (true)
        {
            var ended = _errors.IsCompleted; // before looking: what it said last counts
            if (Said().FirstOrDefault(l => l.StartsWith(beginning, StringComparison.Ordinal)) is { } line)
            {
                return line;
            }

            if (ended)
            {
                throw await Failure(cancellation);
            }

            await Task.Delay(25, cancellation);
        }
    }

    private string[] Said()
    {
        lock (_said)
        {
            return [.. _said];
        }
    }

    private async Task Listen()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (line.Trim() is { Length: > 0 } text)
            {
                lock (_said)
                {
                    _said.Add(text);
                }
            }
        }
    }

    /// <summary>Why it ended.</summary>
    public async Task<ChildException> Failure(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        await _errors;
        var last = string.Join(" | ", Said().TakeLast(4));
        return new ChildException($"{Path.GetFileName(_process.StartInfo.FileName)} ended with code {_process.ExitCode}: {last}");
    }

    /// <summary>Figures of a result, by name.</summary>
    public static IReadOnlyDictionary<string, double> Figures(JsonObject result) =>
        result.Where(p => p.Value?.GetValueKind() == JsonValueKind.Number).ToDictionary(p => p.Key, p => p.Value!.GetValue<double>());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
