using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Granary.Cluster.Tests;

/// <summary>Silos as on several machines: each with a home of its own, which is lost with it. They meet in a store that is given by variables of the environment.</summary>
/// <param name="folder">For homes and outputs.</param>
/// <param name="variables">The environment of silos and commands.</param>
internal sealed partial class SiloCluster(string folder, params (string Name, string Value)[] variables) : IDisposable
{
    private static readonly TimeSpan StartAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, CommandLine> _silos = [];
    private readonly ConcurrentQueue<CommandLine> _others = [];
    private volatile bool _over;

    /// <summary>More options of the silos.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    /// <summary>Whether a silo that ends is started again under its name, with an empty disk, as Kubernetes does.</summary>
    public bool StartsAgain { get; init; }

    /// <summary>Everything that any of its processes has said.</summary>
    public string Said => string.Concat(_others.Select(c => c.Output + c.Errors));

    /// <summary>Starts silos side by side; returns when all have joined.</summary>
    public void Start(params string[] names)
    {
        foreach (var name in names)
        {
            Start(name);
        }

        foreach (var name in names)
        {
            _silos[name].WaitFor($"ready {name}");
        }
    }

    private void Start(string name)
    {
        var silo = _silos[name] = Command(["silo", "--name", name, "--home", Home(name), "--threads", "1", .. More]);
        if (StartsAgain)
        {
            _ = StartAgain(name, silo);
        }
    }

    private async Task StartAgain(string name, CommandLine silo)
    {
        await silo.Ended;
        await Task.Delay(StartAgainAfter);
        if (!_over)
        {
            Directory.Delete(Home(name), recursive: true);
            Start(name);
        }
    }

    public CommandLine Silo(string name) => _silos[name];

    private string Home(string name) => Path.Combine(folder, "machines", name);

    /// <summary>kill -9 of a silo.</summary>
    public void Kill(string name) => CommandLine.Kill("KILL", ReadyLine().Match(_silos[name].Output).Groups[1].Value);

    /// <summary>kill -9 of silos, all at once, and their disks with them.</summary>
    public void Lose(params string[] names)
    {
        foreach (var name in names)
        {
            Kill(name);
        }

        foreach (var name in names)
        {
            _silos[name].Exit().GetAwaiter().GetResult();
            Directory.Delete(Home(name), recursive: true);
        }
    }

    /// <summary>Starts a command of this cluster.</summary>
    public CommandLine Command(params string[] arguments)
    {
        var command = new CommandLine(folder, variables, arguments);
        _others.Enqueue(command);
        return command;
    }

    /// <summary>Runs one, which must end well.</summary>
    public async Task<CommandLine> Run(params string[] arguments)
    {
        var command = Command(arguments);
        await command.Succeeds();
        return command;
    }

    public async Task<string> Submit(params string[] job) =>
        (await Run(["submit", .. job, "--detach", "--json"])).Json.GetProperty("job").GetString()!;

    /// <summary>Waits until a job has come so far.</summary>
    public async Task Reaches(string job, long step)
    {
        while ((await Run("show", job, "--json")).Json is var shown && shown.GetProperty("step").GetInt64() < step)
        {
            Assert.Contains(shown.GetProperty("state").GetString(), (string[])["queued", "running"]);
        }
    }

    /// <summary>The hash of the job's weights, once it has ended; the job must have been counted right.</summary>
    public async Task<string> End(string job)
    {
        var hash = (await Run("wait", job, "--json")).Json.GetProperty("weightsSha256").GetString()!;
        Assert.Contains("was counted exactly once", (await Run("audit", job)).Output, StringComparison.Ordinal);
        return hash;
    }

    /// <summary>A number of a job, as show has it.</summary>
    public async Task<long> Number(string job, string name) => (await Run("show", job, "--json")).Json.GetProperty(name).GetInt64();

    /// <summary>The hash of a job's weights on one silo that nothing happens to.</summary>
    public static async Task<string> Undisturbed(params string[] job)
    {
        var place = Directory.CreateTempSubdirectory("granary-test-").FullName;
        using var train = await CommandLine.Run(place, ["train", .. job, "--silos", "1", "--json"]);
        await train.Succeeds();
        Directory.Delete(place, recursive: true);
        return train.Json.GetProperty("weightsSha256").GetString()!;
    }

    public void Dispose()
    {
        _over = true;
        foreach (var command in _others)
        {
            command.Dispose();
        }
    }

    [GeneratedRegex(@"ready \S+ pid=([0-9]+)")]
    private static partial Regex ReadyLine();
}
