using System.Diagnostics;
using Granary.Cluster.Tests.Stores;
using Granary.Sdk.Connecting;

namespace Granary.Cluster.Tests;

/// <summary>A Redis of a test's own.</summary>
internal sealed class RedisServer : IRecordServer
{
    private readonly string _folder;
    private readonly ProcessStartInfo _start;
    private readonly HeldPort _port;
    private readonly string _options;
    private readonly (string Name, string Value)[] _variables;
    private Process? _server;

    private RedisServer(string folder, ProcessStartInfo start, HeldPort port, string options, (string Name, string Value)[] variables) =>
        (_folder, _start, _port, _options, _variables) = (folder, start, port, options, variables);

    /// <summary>HOST:PORT.</summary>
    public string Place => _port.Address;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Variables => [("GRANARY_STORE", "redis"), ("GRANARY_REDIS", Place + _options), .. _variables];

    /// <inheritdoc/>
    public ClusterAddress Address => new("test", null, Place + _options);

    /// <inheritdoc/>
    public string Name => "Redis at " + Place;

    /// <summary>Starts one that serves whoever comes; the test is skipped where there is none.</summary>
    public static Task<RedisServer> Start(string folder) => Start(folder, port => ["--port", $"{port}"], "", []);

    /// <summary>Starts one that writes down what it has answered for, and has it when it is started again.</summary>
    public static RedisServer Lasting(string folder) =>
        Start(folder, port => ["--port", $"{port}", "--appendonly", "yes", "--appendfsync", "always"], "", []).GetAwaiter().GetResult();

    /// <summary>Starts one.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="settings">Of the server, told its port.</param>
    /// <param name="options">What follows its address in GRANARY_REDIS.</param>
    /// <param name="variables">What commands have in their environment besides.</param>
    public static async Task<RedisServer> Start(string folder, Func<int, string[]> settings, string options, (string Name, string Value)[] variables)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "redis-server")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "redis-server is not on the PATH: apt-get install redis-server");
        var port = new HeldPort();
        var start = new ProcessStartInfo(program!, [.. settings(port.Number), "--bind", "127.0.0.1", "--save", "", "--dir", folder]) { RedirectStandardOutput = true };
        var server = new RedisServer(folder, start, port, options, variables);
        await server.Begin();
        return server;
    }

    private async Task Begin()
    {
        _server = Process.Start(_start)!;
        var said = "";
        while (await _server.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept", StringComparison.Ordinal))
        {
            said += line + "\n";
        }

        Assert.False(_server.HasExited, said);
    }

    /// <inheritdoc/>
    public void Up() => Begin().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Down()
    {
        CommandLine.Kill("TERM", $"{_server!.Id}");
        End();
    }

    private void End()
    {
        _server!.WaitForExit();
        _server.Dispose();
        _server = null;
    }

    /// <summary>Runs a command of a cluster that meets in this Redis.</summary>
    public CommandLine Run(params string[] arguments) => RunAs(_options, arguments);

    /// <summary>The same with other options after the address.</summary>
    public CommandLine RunAs(string options, params string[] arguments) =>
        new(_folder, [("GRANARY_REDIS", Place + options), ("GRANARY_CLUSTER", "test"), ("GRANARY_STORE", "redis"), .. _variables], arguments);

    public void Freeze() => CommandLine.Kill("STOP", $"{_server!.Id}");

    public void Dispose()
    {
        if (_server is { } server)
        {
            server.Kill();
            End();
        }

        _port.Dispose();
    }
}
