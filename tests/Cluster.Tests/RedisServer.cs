using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Granary.Cluster.Tests;

/// <summary>A Redis of a test's own.</summary>
internal sealed class RedisServer : IDisposable
{
    private readonly string _folder;
    private readonly Process _server;
    private readonly string _options;
    private readonly (string Name, string Value)[] _variables;

    private RedisServer(string folder, Process server, int port, string options, (string Name, string Value)[] variables)
    {
        (_folder, _server, _options, _variables) = (folder, server, options, variables);
        Address = $"127.0.0.1:{port}";
    }

    /// <summary>HOST:PORT.</summary>
    public string Address { get; }

    /// <summary>Starts one that serves whoever comes; the test is skipped where there is none.</summary>
    public static Task<RedisServer> Start(string folder) => Start(folder, port => ["--port", $"{port}"], "", []);

    /// <summary>Starts one.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="settings">Of the server, told its port.</param>
    /// <param name="options">What follows its address in GRANARY_REDIS.</param>
    /// <param name="variables">What commands have in their environment besides.</param>
    public static async Task<RedisServer> Start(string folder, Func<int, string[]> settings, string options, (string Name, string Value)[] variables)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "redis-server")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "redis-server is not on the PATH: apt-get install redis-server");
        var port = FreePort();
        var server = Process.Start(new ProcessStartInfo(
            program!, [.. settings(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder])
        { RedirectStandardOutput = true })!;
        var said = "";
        while (await server.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept", StringComparison.Ordinal))
        {
            said += line + "\n";
        }

        Assert.False(server.HasExited, said);
        return new RedisServer(folder, server, port, options, variables);
    }

    /// <summary>Runs a command of a cluster that meets in this Redis.</summary>
    public CommandLine Run(params string[] arguments) => RunAs(_options, arguments);

    /// <summary>The same with other options after the address.</summary>
    public CommandLine RunAs(string options, params string[] arguments) =>
        new(_folder, [("GRANARY_REDIS", Address + options), ("GRANARY_CLUSTER", "test"), ("GRANARY_STORE", "redis"), .. _variables], arguments);

    public void Freeze() => CommandLine.Kill("STOP", $"{_server.Id}");

    public void Dispose()
    {
        _server.Kill();
        _server.WaitForExit();
        _server.Dispose();
    }

    // Below those that systems give to whoever asks for any, or connects: between looking and binding nobody else gets it.
    private static int FreePort()
    {
        for (var port = 20_000 + (Environment.ProcessId % 5_000); ; port++)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Another server's.
            }
        }
    }
}
