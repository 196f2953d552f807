using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Granary.Cluster.Tests;

public sealed class RedisTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Silos_meet_and_train_through_redis()
    {
        var server = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "redis-server")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(server is null, "redis-server is not on the PATH: apt-get install redis-server");
        var port = FreePort();
        using var redis = Process.Start(new ProcessStartInfo(
            server!, ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--dir", _folder])
        { RedirectStandardOutput = true })!;
        try
        {
            while (await redis.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept", StringComparison.Ordinal))
            {
            }

            (string, string)[] variables = [("GRANARY_REDIS", $"127.0.0.1:{port}"), ("GRANARY_CLUSTER", "test"), ("GRANARY_STORE", "redis")];
            using var one = new CommandLine(_folder, variables, ["silo", "--name", "one", "--threads", "1"]);
            using var two = new CommandLine(_folder, variables, ["silo", "--name", "two", "--threads", "1"]);
            one.WaitFor("ready one");
            two.WaitFor("ready two");
            using var submit = new CommandLine(
                _folder, variables, ["submit", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--json", "--set", "training.epochs=3"]);
            Assert.True(await submit.Exit() == 0, submit.Errors);
            Assert.Equal(2, submit.Json.GetProperty("silos").GetInt32());
            one.Signal("TERM");
            two.Signal("TERM");
            Assert.Equal(0, await one.Exit());
            Assert.Equal(0, await two.Exit());
        }
        finally
        {
            redis.Kill();
            await redis.WaitForExitAsync();
        }
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
