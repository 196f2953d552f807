using System.Text.RegularExpressions;

namespace Granary.Cluster.Tests;

/// <summary>Silos as on several machines: each with a home of its own, which is lost with it. They meet in a store that is given by variables of the environment.</summary>
/// <param name="folder">For homes and outputs.</param>
/// <param name="variables">The environment of silos and commands.</param>
internal sealed partial class SiloCluster(string folder, params (string Name, string Value)[] variables) : IDisposable
{
    private readonly Dictionary<string, CommandLine> _silos = [];
    private readonly List<CommandLine> _others = [];

    /// <summary>Everything that any of its processes has said.</summary>
    public string Said => string.Concat(_silos.Values.Concat(_others).Select(c => c.Output + c.Errors));

    /// <summary>Starts silos side by side; returns when all have joined.</summary>
    public void Start(params string[] names)
    {
        foreach (var name in names)
        {
            _silos[name] = new CommandLine(folder, variables, ["silo", "--name", name, "--home", Home(name), "--threads", "1"]);
        }

        foreach (var name in names)
        {
            _silos[name].WaitFor($"ready {name}");
        }
    }

    public CommandLine Silo(string name) => _silos[name];

    private string Home(string name) => Path.Combine(folder, "machines", name);

    /// <summary>kill -9 of silos, all at once, and their disks with them.</summary>
    public void Lose(params string[] names)
    {
        foreach (var name in names)
        {
            CommandLine.Kill("KILL", ReadyLine().Match(_silos[name].Output).Groups[1].Value);
        }

        foreach (var name in names)
        {
            _silos[name].Exit().GetAwaiter().GetResult();
            Directory.Delete(Home(name), recursive: true);
        }
    }

    public async Task<CommandLine> Run(params string[] arguments)
    {
        var command = new CommandLine(folder, variables, arguments);
        _others.Add(command);
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
        foreach (var command in _silos.Values.Concat(_others))
        {
            command.Dispose();
        }
    }

    [GeneratedRegex(@"ready \S+ pid=([0-9]+)")]
    private static partial Regex ReadyLine();
}
