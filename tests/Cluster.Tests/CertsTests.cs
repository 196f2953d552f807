using System.Net;
using Granary.Silo.Hosting;

namespace Granary.Cluster.Tests;

/// <summary>granary certs as a user runs it, and silos that refuse to be reached without certificates.</summary>
public sealed class CertsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CommandLine> Certs(params string[] arguments) => CommandLine.Run(_folder, ["certs", .. arguments]);

    private async Task<string> Succeeds(params string[] arguments)
    {
        using var certs = await Certs(arguments);
        await certs.Succeeds();
        return certs.Output;
    }

    private async Task<string> Fails(params string[] arguments)
    {
        using var certs = await Certs(arguments);
        Assert.Equal((2, ""), (await certs.Exit(), certs.Output));
        return CommandLine.OneError(certs.Errors);
    }

    [Fact]
    public async Task A_ca_is_made_issues_and_rotates()
    {
        Assert.Contains("certs: there is no CA here", await Fails("show"));
        Assert.StartsWith("certs holds a new CA.", await Succeeds("init"));
        Assert.Contains("certs/ca.pem: there is a CA already", await Fails("init"));
        Assert.Matches("^certs/silo-0 holds the certificate of 'silo-0', good until 20..-..-..: give it to its silo as --certs\n$",
            await Succeeds("issue", "--name", "silo-0", "--address", "10.0.0.5", "--dns", "silo-0.silo", "--days", "30"));
        Assert.Contains("rotate --name silo-0", await Fails("issue", "--name", "silo-0"));
        Assert.StartsWith("certs/laptop holds ", await Succeeds("issue", "--name", "laptop", "--client"));
        Assert.Equal(["certs/ca.key", "certs/ca.pem", "certs/laptop/ca.pem", "certs/laptop/client.key", "certs/laptop/client.pem", "certs/silo-0/ca.pem", "certs/silo-0/silo.key", "certs/silo-0/silo.pem"],
            Directory.GetFiles(Path.Combine(_folder, "certs"), "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_folder, f)).Order(StringComparer.Ordinal));
        var table = (await Succeeds("show")).Split('\n');
        Assert.Matches(@"^Granary CA [0-9a-f]{8}\s+CA\s+20..-..-..\s+36\d\d", table[1]);
        Assert.Matches(@"^laptop\s+client\s+20..-..-..\s+89\s+Granary CA", table[2]);
        Assert.Matches(@"^silo-0\s+silo\s+20..-..-..\s+29\s+Granary CA [0-9a-f]{8}\s+10\.0\.0\.5, silo-0\.silo$", table[3]);

        await Succeeds("rotate", "--name", "silo-0");
        Assert.StartsWith("there is a new CA, and both are trusted.", await Succeeds("rotate", "--ca"));
        Assert.Contains("still an older CA's", await Fails("rotate", "--drop-old"));
        Assert.Equal(2, (await Succeeds("rotate", "--all")).TrimEnd().Split('\n').Length);
        await Succeeds("rotate", "--drop-old");
        Assert.Equal(5, (await Succeeds("show")).Split('\n').Length);
    }

    [Theory]
    [InlineData("--name has no meaning for certs init", "init", "--name", "x")]
    [InlineData("needs the name of a silo or client", "issue")]
    [InlineData("--address is 'here', which is no IP address", "issue", "--name", "x", "--address", "here")]
    [InlineData("--days is 0, but must be at least 1", "init", "--days", "0")]
    [InlineData("takes one of --name NAME, --all, --ca and --drop-old", "rotate")]
    [InlineData("takes one of --name NAME, --all, --ca and --drop-old", "rotate", "--all", "--ca")]
    [InlineData("'../x' cannot be a certificate's name", "issue", "--name", "../x")]
    public async Task Wrong_usage_has_one_message_and_makes_nothing(string message, params string[] arguments)
    {
        Assert.Contains(message, await Fails(arguments));
        Assert.False(Directory.Exists(Path.Combine(_folder, "certs")));
    }

    [Theory]
    [InlineData("--address", "192.0.2.1")]
    [InlineData("--web-address", "0.0.0.0")]
    public async Task A_silo_that_others_could_reach_refuses_to_start_without_certificates(string option, string address)
    {
        using var silo = await CommandLine.Run(_folder, "silo", option, address, "--web-port", "0");
        Assert.Equal((2, ""), (await silo.Exit(), silo.Output));
        var line = Assert.Single(silo.Errors.TrimEnd().Split('\n'));
        Assert.StartsWith($"{option} is {address}: others could reach this silo there", line);
        Assert.Contains("granary certs init", line);
        Assert.Contains("--insecure", line);
    }

    [Fact]
    public async Task A_folder_without_certificates_or_with_a_clients_is_refused_by_name()
    {
        await Succeeds("init");
        await Succeeds("issue", "--name", "laptop", "--client");
        foreach (var (folder, message) in new[] { ("nothing", "there is no such folder"), ("certs", "there is no certificate in it"), ("certs/laptop", "this certificate is a client's") })
        {
            using var silo = await CommandLine.Run(_folder, "silo", "--certs", folder);
            Assert.Equal((2, ""), (await silo.Exit(), silo.Output));
            Assert.Contains(message, Assert.Single(silo.Errors.TrimEnd().Split('\n')));
        }
    }

    [Fact]
    public void What_listens_on_the_loopback_needs_nothing_and_what_was_told_to_says_so()
    {
        (string, IPAddress)[] loopback = [("--address", IPAddress.Loopback), ("--web-address", IPAddress.IPv6Loopback)];
        (string, IPAddress)[] open = [("--address", IPAddress.Loopback), ("--web-address", IPAddress.Any)];
        foreach (var (certificates, insecure) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            Assert.Null(ExposureRule.Refusal(loopback, certificates, insecure));
            Assert.Null(ExposureRule.Warning(loopback, certificates, insecure));
            Assert.Equal(!certificates && !insecure, ExposureRule.Refusal(open, certificates, insecure) is not null);
            Assert.Equal(!certificates && insecure, ExposureRule.Warning(open, certificates, insecure) is not null);
        }

        Assert.Contains("--web-address is 0.0.0.0", ExposureRule.Refusal(open, false, false));
        Assert.Contains("--insecure", ExposureRule.Warning(open, false, true));
    }
}
