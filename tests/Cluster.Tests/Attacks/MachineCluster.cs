using System.Diagnostics;

namespace Granary.Cluster.Tests;

/// <summary>
/// A cluster of three machines with addresses of their own, made as the docs say: certificates, a Redis that is spoken to with TLS, checkpoints and uploads in a
/// folder that all of them see; and a laptop that reaches them by the network alone. Without certificates all of it is in plain text.
/// </summary>
internal sealed class MachineCluster : IDisposable
{
    /// <summary>What makes an operator of whoever has it.</summary>
    public const string Bootstrap = "bootstrap-0123456789-abcdefghijkl";

    private const string Password = "secret-of-redis";

    private static readonly string[] Silos = ["one", "two", "three"];

    private readonly string _folder;
    private readonly bool _isSecret;
    private readonly Process _redis;
    private readonly List<CommandLine> _silos = [];
    private readonly List<CommandLine> _others = [];

    /// <summary>Starts it; the test is skipped where it cannot be.</summary>
    /// <param name="folder">For the machines' homes, the shared folder and the laptop.</param>
    /// <param name="isSecret">Whether it has certificates.</param>
    public MachineCluster(string folder, bool isSecret)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, "redis-server")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "redis-server is not on the PATH: apt-get install redis-server");
        (_folder, _isSecret) = (folder, isSecret);
        Network = MachineNetwork.Make(["laptop", "store", .. Silos]);
        try
        {
            Directory.CreateDirectory(Laptop);
            if (isSecret)
            {
                MakeCertificates();
            }

            _redis = StartRedis(program!);
            _silos.AddRange(Silos.Select(StartSilo));
            foreach (var (silo, name) in _silos.Zip(Silos))
            {
                silo.WaitFor($"page {name} at {Url(name)}");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public MachineNetwork Network { get; }

    /// <summary>The laptop's folder.</summary>
    public string Laptop => Path.Combine(_folder, "laptop");

    public IReadOnlyList<CommandLine> Processes => _silos;

    /// <summary>Everything that silos and commands have said.</summary>
    public string Said => string.Concat(_silos.Concat(_others).Select(c => c.Output + c.Errors));

    private string Shared(string name) => Path.Combine(_folder, "shared", name);

    /// <summary>Where a silo serves its API.</summary>
    public string Url(string silo) => $"{(_isSecret ? "https" : "http")}://{Network.AddressOf(silo)}:8443";

    // On the machine of whoever sets up the cluster: the CA's key is nowhere else.
    private void MakeCertificates()
    {
        Once("init");
        foreach (var silo in (string[])["store", .. Silos])
        {
            Once("issue", "--name", silo, "--address", Network.AddressOf(silo));
        }

        File.Copy(Path.Combine(_folder, "certs", "ca.pem"), Path.Combine(Laptop, "ca.pem"));

        void Once(params string[] arguments)
        {
            using var certs = new CommandLine(_folder, ["certs", .. arguments]);
            certs.Succeeds().GetAwaiter().GetResult();
        }
    }

    private Process StartRedis(string program)
    {
        var certificate = Path.Combine(_folder, "certs", "store");
        string[] ports = _isSecret
            ? ["--port", "0", "--tls-port", "6379", "--tls-auth-clients", "no", "--tls-cert-file", $"{certificate}/silo.pem", "--tls-key-file", $"{certificate}/silo.key", "--tls-ca-cert-file", $"{certificate}/ca.pem"]
            : ["--port", "6379"];
        string[] command = [.. Network.On("store"), program, .. ports, "--bind", Network.AddressOf("store"), "--requirepass", Password, "--save", "", "--dir", _folder];
        var redis = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var said = "";
        while (redis.StandardOutput.ReadLine() is { } line && !line.Contains("Ready to accept", StringComparison.Ordinal))
        {
            said += line + "\n";
        }

        Assert.False(redis.HasExited, said);
        return redis;
    }

    private CommandLine StartSilo(string name)
    {
        var address = Network.AddressOf(name);
        return new CommandLine(
            _folder,
            [
                ("GRANARY_REDIS", $"{Network.AddressOf("store")}:6379,password={Password}{(_isSecret ? ",ssl=true" : "")}"), ("GRANARY_BOOTSTRAP_TOKEN", Bootstrap),
                .. _isSecret ? [("SERedis_IssuerCertPath", Path.Combine(_folder, "certs", "store", "ca.pem"))] : Array.Empty<(string, string)>(),
            ],
            [
                "silo", "--name", name, "--home", Path.Combine(_folder, "machines", name), "--cluster", "way", "--store", "redis", "--address", address, "--web-address", address, "--web-port", "8443",
                "--checkpoints", Shared("checkpoints"), "--uploads", Shared("uploads"), "--output-root", Shared("runs"), "--threads", "1", "--tcp-alone",
                .. _isSecret ? ["--certs", Path.Combine(_folder, "certs", name)] : new[] { "--insecure" },
            ],
            Network.On(name));
    }

    /// <summary>Runs a command on the laptop.</summary>
    /// <param name="token">A token in its environment; null: none.</param>
    /// <param name="arguments">The command.</param>
    public async Task<CommandLine> OnLaptop(string? token, params string[] arguments)
    {
        var command = new CommandLine(
            Laptop, [("XDG_CONFIG_HOME", Path.Combine(Laptop, "config")), ("GRANARY_HOME", ""), .. token is null ? Array.Empty<(string, string)>() : [("GRANARY_TOKEN", token)]], arguments, Network.On("laptop"));
        _others.Add(command);
        await command.Exit();
        return command;
    }

    /// <summary>The same, which must succeed.</summary>
    public async Task<CommandLine> Laptops(string? token, params string[] arguments)
    {
        var command = await OnLaptop(token, arguments);
        await command.Succeeds();
        return command;
    }

    public void Dispose()
    {
        _silos.Concat(_others).ToList().ForEach(c => c.Dispose());
        if (_redis is not null)
        {
            _redis.Kill();
            _redis.WaitForExit();
            _redis.Dispose();
        }

        Network.Dispose();
    }
}
