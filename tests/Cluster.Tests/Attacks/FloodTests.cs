using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Granary.Grains.Tests;
using Granary.Sdk;
using Granary.Sdk.Connecting;

namespace Granary.Cluster.Tests;

/// <summary>Strangers at every port of three silos, the web port's too, while a job runs: they hear nothing, cost bounded memory and no step.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class FloodTests(ITestOutputHelper output) : IDisposable
{
    private const int PortsOfASilo = 4;
    private const int HalfOpenOfAPort = 1000; // at each port of one silo
    private const int BadHandshakes = 10_000; // at all ports of all silos
    private const int AtOnce = 32;
    private const int Epochs = 1500; // so many that the job outlives the flood
    private const long MostBytes = 128L << 20; // that a silo may have more at its most than before

    private static readonly byte[] Words = [.. new byte[8], .. "ORLEANS GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8];
    private static readonly byte[] Request = [.. "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8];

    // The beginning of a handshake of TLS 1.2 that says it is 512 bytes long.
    private static readonly byte[] HalfHello = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03];

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _foreign = new();
    private readonly List<CommandLine> _silos = [];

    public void Dispose()
    {
        _silos.ForEach(s => s.Dispose());
        _certificates.Dispose();
        _foreign.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    [LongFact]
    public async Task A_flood_at_every_port_costs_bounded_memory_and_no_step_and_nobody_hears_a_word()
    {
        string[] names = ["one", "two", "three"];
        foreach (var name in names)
        {
            _silos.Add(new CommandLine(_folder,
                ["silo", "--name", name, "--cluster", "flood", "--threads", "1", "--tcp-alone", "--certs", _certificates.Issue(name), "--web-port", "0", "--auth", "tokens"]));
        }

        foreach (var (silo, name) in _silos.Zip(names))
        {
            silo.WaitFor($"page {name} at https://");
        }

        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        using var client = await GranaryClient.Connect(
            new ClusterAddress("flood", Path.Combine(_folder, "home", "membership.db"), null, Certificates: _certificates.Issue("laptop", client: true)), time.Token, TimeSpan.FromSeconds(30));
        var job = await client.SubmitAsync(JobBuilder.FromFile(Digits).Set("training.epochs", Epochs).Build(), new SubmitOptions { Output = Path.Combine(_folder, "model") });
        await Until(job, 200);

        int[] processes = [.. _silos.Select(s => s.Children()[0].Id)];
        IPEndPoint[][] ports = [.. processes.Select(p => ListeningPorts.Of(p).Select(l => l.EndPoint).ToArray())];
        Assert.All(ports, p => Assert.Equal(PortsOfASilo, p.Length));
        await Scan([.. ports.SelectMany(p => p)]);

        long[] before = [.. processes.Select(p => Bytes(p, "VmRSS"))];
        var begun = (await job.GetStatusAsync()).Step;
        var clock = Stopwatch.StartNew();
        var silent = new List<Socket>();
        try
        {
            foreach (var port in ports[0])
            {
                for (var i = 0; i < HalfOpenOfAPort; i++)
                {
                    silent.Add(await HalfOpen(port, saysSomething: i % 2 == 0));
                }
            }

            await Flood([.. ports.SelectMany(p => p)]);
        }
        finally
        {
            silent.ForEach(s => s.Dispose());
        }

        output.WriteLine($"the flood took {clock.Elapsed.TotalSeconds:0} s");
        var during = await job.GetStatusAsync();
        long[] more = [.. processes.Zip(before, (p, b) => Bytes(p, "VmHWM") - b)];
        output.WriteLine($"{during.Step - begun} steps in {clock.Elapsed.TotalSeconds:0} s of flood; more memory at the most: {string.Join(", ", more.Select(b => $"{b >> 20} MB"))}");
        Assert.Equal(Contracts.JobState.Running, during.State); // else the flood was no test of it
        Assert.True(during.Step > begun, $"the job stands at step {during.Step}");
        Assert.All(more, b => Assert.InRange(b, long.MinValue, MostBytes));

        var outcome = await job.WaitAsync();
        Assert.True(outcome.IsCompleted);
        Assert.Equal(0, (await job.GetStatusAsync()).Recoveries);
        using var train = new CommandLine(_folder, "train", Digits, "--silos", "1", "--json", "--output", "alone", "--set", $"training.epochs={Epochs}");
        await train.Succeeds();
        Assert.Equal(train.Json.GetProperty("weightsSha256").GetString(), outcome.Result!.WeightsSha256);
    }

    // Without a certificate no port says a word, but for one of each silo, which is the web port: it says that a token is missing.
    private static async Task Scan(IPEndPoint[] ports)
    {
        var web = 0;
        foreach (var port in ports)
        {
            Assert.Empty(await TestCertificates.HeardInPlainText(port, Words));
            var answer = Encoding.UTF8.GetString(await TestCertificates.Heard(port, null, Request));
            if (answer.Length > 0)
            {
                web++;
                Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
                Assert.DoesNotContain("digits", answer, StringComparison.Ordinal); // the job's name
            }
        }

        Assert.Equal(ports.Length / PortsOfASilo, web);
    }

    private static async Task<Socket> HalfOpen(IPEndPoint port, bool saysSomething)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(port);
        if (saysSomething)
        {
            await Said(socket, HalfHello);
        }

        return socket;
    }

    // Plain text, the beginning of a handshake with nothing after it, and whole handshakes with bad certificates or none.
    private async Task Flood(IPEndPoint[] ports)
    {
        var (expired, stranger) = (_certificates.Outdated("old"), _foreign.Issue("stranger"));
        await Parallel.ForEachAsync(Enumerable.Range(0, BadHandshakes), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var port = ports[i / 10 % ports.Length]; // ten kinds at one port, and then at the next
            if (i % 10 < 3)
            {
                await TestCertificates.Heard(port, new[] { expired, stranger, null }[i % 10], Request);
                return;
            }

            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(port, CancellationToken.None);
            await Said(socket, i % 2 == 0 ? HalfHello : Words);
        });
    }

    private static async Task Said(Socket socket, byte[] words)
    {
        try
        {
            await socket.SendAsync(words);
        }
        catch (SocketException)
        {
            // It made room for another.
        }
    }

    private static async Task Until(JobHandle job, long step)
    {
        await foreach (var status in job.WatchAsync())
        {
            if (status.Step >= step && status.Members.Count == 3)
            {
                return;
            }
        }

        throw new InvalidOperationException("It has ended.");
    }

    private static long Bytes(int process, string name) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
}
