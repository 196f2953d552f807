using System.Net;
using System.Text.RegularExpressions;
using Granary.Grains.Tests;
using Granary.Jobs;
using Granary.Sdk;
using Granary.Sdk.Connecting;

namespace Granary.Cluster.Tests;

/// <summary>Real silos with certificates, over TCP as between hosts.</summary>
public sealed class TlsTests : IDisposable
{
    // So many that the kill comes before their end.
    private const int Epochs = 600;

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly TestCertificates _certificates = new();
    private readonly List<CommandLine> _silos = [];

    private static Job Digits(int epochs) => JobBuilder.FromFile(Path.Combine(CommandLine.Examples, "digits-mlp.yaml")).Set("training.epochs", epochs).Build();

    public void Dispose()
    {
        _silos.ForEach(s => s.Dispose());
        Directory.Delete(_folder, recursive: true);
        _certificates.Dispose();
    }

    private CommandLine Start(string name, string? certificates, params string[] more)
    {
        var silo = new CommandLine(_folder,
            ["silo", "--name", name, "--cluster", "tls", "--threads", "1", "--tcp-alone", "--allow-faults", .. certificates is null ? Array.Empty<string>() : ["--certs", certificates], .. more]);
        _silos.Add(silo);
        return silo;
    }

    private async Task<GranaryClient> Connect(string? certificates)
    {
        using var time = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        return await GranaryClient.Connect(new ClusterAddress("tls", Path.Combine(_folder, "home", "membership.db"), null, Certificates: certificates), time.Token, TimeSpan.FromSeconds(20));
    }

    private async Task<string> Undisturbed(int epochs)
    {
        using var train = new CommandLine(_folder, "train", Path.Combine(CommandLine.Examples, "digits-mlp.yaml"), "--silos", "1", "--json", "--output", "alone", "--set", $"training.epochs={epochs}");
        await train.Succeeds();
        return train.Json.GetProperty("weightsSha256").GetString()!;
    }

    private static IPEndPoint GatewayOf(CommandLine silo) => IPEndPoint.Parse(Regex.Match(silo.Output, @"gateway=(\S+)").Groups[1].Value);

    // The job is the laptop's; meanwhile certificates are rotated and a silo is killed.
    [LongFact]
    public async Task Three_silos_with_certificates_train_the_laptops_weights_through_a_rotation_and_a_kill()
    {
        foreach (var name in new[] { "one", "two", "three" })
        {
            Start(name, _certificates.Issue(name));
        }

        foreach (var (silo, name) in _silos.Zip(["one", "two", "three"]))
        {
            silo.WaitFor($"ready {name}");
        }

        using var client = await Connect(_certificates.Issue("laptop", client: true));
        var silos = await client.ListSilosAsync();
        Assert.Equal(3, silos.Count);
        var job = await client.SubmitAsync(Digits(Epochs), new SubmitOptions { Output = Path.Combine(_folder, "model") });
        await Until(job, s => s.Members.Count == 3 && s.Step > 50);
        var store = _certificates.Store;
        store.RotateAuthority(TimeSpan.FromDays(300));
        foreach (var name in store.Names())
        {
            store.Rotate(name, TimeSpan.FromDays(80));
        }

        store.DropOldAuthorities();
        var rotated = await Until(job, s => s.Step > 100);
        Assert.Equal(0, rotated.Recoveries);
        CommandLine.Kill("KILL", $"{_silos[2].Children()[0].Id}");
        await Until(job, s => s.Recoveries > 0 && s.State == Contracts.JobState.Running);
        Start("three", Path.Combine(_certificates.Folder, "three")).WaitFor("ready three"); // and one more joins, by the new CA
        var outcome = await job.WaitAsync();
        Assert.True(outcome.IsCompleted);
        Assert.Equal(await Undisturbed(Epochs), outcome.Result!.WeightsSha256);
        Assert.Contains("certificates read anew", _silos[0].Errors);
    }

    private static async Task<Contracts.JobStatus> Until(JobHandle job, Func<Contracts.JobStatus, bool> holds)
    {
        await foreach (var status in job.WatchAsync())
        {
            if (holds(status))
            {
                return status;
            }

            Assert.False(status.State is Contracts.JobState.Completed or Contracts.JobState.Failed, $"{status}");
        }

        throw new InvalidOperationException("It has ended.");
    }

    [Fact]
    public async Task Every_port_turns_away_every_bad_credential_with_one_line()
    {
        using HeldPort siloHeld = new(), channelHeld = new();
        var (siloPort, channelPort) = (siloHeld.Number, channelHeld.Number);
        var silo = Start("one", _certificates.Issue("one"), "--silo-port", $"{siloPort}", "--channel-port", $"{channelPort}", "--web-port", "0");
        silo.WaitFor("page one at https://");
        var web = int.Parse(Regex.Match(silo.Output, @"page one at https://127\.0\.0\.1:(\d+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

        // All that there is to attack, as the kernel knows it: a port that is added later is to be added here.
        Assert.Equal(
            new[] { siloPort, channelPort, GatewayOf(silo).Port, web }.Order(),
            new[] { silo.Pid, silo.Children()[0].Id }.SelectMany(ListeningPorts.Of).Select(p => p.EndPoint.Port).Order());
        using var foreign = new TestCertificates();
        var (expired, stranger, laptop) = (_certificates.Outdated("old"), foreign.Issue("stranger"), _certificates.Issue("laptop", client: true));
        byte[] said = [.. new byte[8], .. "ORLEANS GET / HTTP/1.1\r\n\r\n"u8];
        (string Port, int Number, string? Folder, string Line)[] attempts =
        [
            .. new[] { ("silo port", siloPort), ("gateway port", GatewayOf(silo).Port), ("tensor port", channelPort) }.SelectMany(p => new (string, int, string?, string)[]
            {
                (p.Item1, p.Item2, expired, "its certificate, of 'old', is good from "),
                (p.Item1, p.Item2, stranger, "its certificate, of 'stranger', is of a CA that is not trusted here"),
                (p.Item1, p.Item2, null, "it showed no certificate"),
            }),
            ("silo port", siloPort, laptop, "its certificate, of 'laptop', is a client's, and not a silo's"),
            ("tensor port", channelPort, laptop, "its certificate, of 'laptop', is a client's, and not a silo's"),
        ];
        foreach (var (port, number, folder, line) in attempts)
        {
            Assert.Empty(await TestCertificates.Heard(new IPEndPoint(IPAddress.Loopback, number), folder, said));
            silo.WaitFor($"Refused a connection to the {port} from 127.0.0.1:");
            Assert.Contains(line, silo.Errors.TrimEnd().Split('\n')[^1]);
        }

        foreach (var (port, number) in new[] { ("silo port", siloPort), ("gateway port", GatewayOf(silo).Port), ("tensor port", channelPort), ("web port", web) })
        {
            Assert.Empty(await TestCertificates.HeardInPlainText(new IPEndPoint(IPAddress.Loopback, number), said));
            silo.WaitFor($"Refused a connection to the {port} from 127.0.0.1:");
            Assert.Contains("it spoke plain text, and this port demands TLS", silo.Errors.TrimEnd().Split('\n')[^1]);
        }

        Assert.Equal(attempts.Length + 4, silo.Errors.TrimEnd().Split('\n').Count(l => l.Contains("Refused a connection", StringComparison.Ordinal)));

        // Who has no certificate is no client, and who has a bad one neither.
        await Task.WhenAll(
            Assert.ThrowsAsync<ClusterUnreachableException>(() => Connect(certificates: null)),
            Assert.ThrowsAsync<ClusterUnreachableException>(() => Connect(stranger)));
        using var client = await Connect(laptop);
        Assert.Single(await client.ListSilosAsync());
        await IsShutOut(silo, laptop);
        silo.Signal("TERM");
        Assert.Equal(0, await silo.Exit());
        CommandLine.HasNoStack(silo);
    }

    // There are no lists of revoked certificates: whoever has a new one of the new CA stays, and what was left out is worth nothing.
    private async Task IsShutOut(CommandLine silo, string laptop)
    {
        var stolen = Directory.CreateDirectory(Path.Combine(_folder, "stolen")).FullName;
        foreach (var file in Directory.GetFiles(laptop))
        {
            File.Copy(file, Path.Combine(stolen, Path.GetFileName(file)));
        }

        var store = _certificates.Store;
        store.RotateAuthority(TimeSpan.FromDays(300));
        foreach (var name in new[] { "one", "laptop" })
        {
            store.Rotate(name, TimeSpan.FromDays(80));
        }

        foreach (var folder in Directory.GetDirectories(_certificates.Folder).Where(d => Path.GetFileName(d) is not ("one" or "laptop")))
        {
            Directory.Delete(folder, recursive: true); // those of the tests above
        }

        store.DropOldAuthorities();
        while (!silo.Errors.Contains("certificates read anew", StringComparison.Ordinal))
        {
            await TestCertificates.HeardInPlainText(GatewayOf(silo), [0]); // files are looked at when a connection is made
        }

        Assert.Empty(await TestCertificates.Heard(GatewayOf(silo), stolen, [.. new byte[8]]));
        silo.WaitFor("its certificate, of 'laptop', is of a CA that is not trusted here");
        using var renewed = await Connect(laptop);
        Assert.Single(await renewed.ListSilosAsync());
    }
}
