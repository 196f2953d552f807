using System.Diagnostics;

namespace Granary.Cluster.Tests;

/// <summary>A cluster that is asked over its HTTP API alone, by a user who shares neither home nor disk with it: the whole way, as a user goes it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class RemoteClusterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly string _laptop;
    private readonly string _server;

    public RemoteClusterTests()
    {
        (_laptop, _server) = (Path.Combine(_folder, "laptop"), Path.Combine(_folder, "server"));
        Directory.CreateDirectory(_laptop);
        Directory.CreateDirectory(_server);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    // A user's own configuration and no home of a cluster.
    private CommandLine OnLaptop(string[] arguments, params (string Name, string Value)[] variables) =>
        new(_laptop, [("XDG_CONFIG_HOME", Path.Combine(_laptop, "config")), ("GRANARY_HOME", ""), .. variables], arguments);

    private async Task<CommandLine> Run(params string[] arguments)
    {
        var command = OnLaptop(arguments);
        await command.Exit();
        return command;
    }

    private CommandLine Silo(params string[] more) =>
        new(_server, ["silo", "--name", "one", "--threads", "1", "--web-port", "0", .. more]);

    private static string AddressOf(CommandLine silo)
    {
        silo.WaitFor("page one at ");
        return silo.Output.Split('\n').First(l => l.StartsWith("page one at ", StringComparison.Ordinal)).Split(" at ")[1].Trim().TrimEnd('/');
    }

    [Fact]
    public async Task A_user_logs_in_submits_local_data_and_gets_the_model_back()
    {
        using var silo = Silo("--auth", "tokens", "--data-root", _server);
        var url = AddressOf(silo);

        // Without a token there is nothing to be had.
        using var stranger = await Run("jobs", "--url", url);
        Assert.Equal(2, await stranger.Exit());
        Assert.Contains("this cluster asks for a token", stranger.Errors);

        // On the silo's machine the key of its home makes the first token.
        using var made = new CommandLine(_server, "token", "create", "ada", "--role", "submitter", "--expires", "1d", "--url", url);
        await made.Succeeds();
        var token = made.Output.Trim();
        Assert.StartsWith("granary_", token, StringComparison.Ordinal);
        using var key = new CommandLine("/", [("GRANARY_HOME", Path.Combine(_server, "home"))], ["token", "list", "--url", url, "--json"]);
        await key.Succeeds();
        Assert.Equal(("ada", "submitter", "home"), (Text(key, "name"), Text(key, "role"), Text(key, "by")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_server, "home", "operator.key")));

        using var login = OnLaptop(["login", url, "--context", "work"], ("GRANARY_TOKEN", token));
        await login.Succeeds();
        Assert.Contains("as 'ada' (submitter)", login.Output);
        using var contexts = await Run("context", "list", "--json");
        Assert.Equal("work", contexts.Json.GetProperty("current").GetString());
        Assert.DoesNotContain(token, contexts.Output + login.Output + login.Errors);

        // From now on commands ask that cluster.
        using var submit = await Run("submit", Digits, "--json", "--set", "training.epochs=2");
        Assert.True(await submit.Exit() == 0, submit.Errors);
        var job = submit.Json.GetProperty("job").GetString()!;
        using var again = await Run("submit", Digits, "--json", "--set", "training.epochs=2");
        Assert.Equal(Hash(submit), Hash(again));
        Assert.Single(Directory.GetDirectories(Path.Combine(_server, "home", "uploads"))); // the data came once
        using var fetch = await Run("fetch", job, "--json");
        Assert.True(await fetch.Exit() == 0, fetch.Errors);
        var model = Path.Combine(_laptop, "runs", job, "model.safetensors");
        Assert.Equal(fetch.Json.GetProperty("sha256").GetString(), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(await File.ReadAllBytesAsync(model))));
        Assert.Equal(["job.yaml", "metrics.jsonl", "model.safetensors", "summary.json"], Directory.GetFiles(Path.GetDirectoryName(model)!).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var twice = await Run("fetch", job);
        Assert.Equal(2, await twice.Exit());
        Assert.Contains("--overwrite", twice.Errors);

        // What the laptop would have trained itself.
        using var train = OnLaptop(["train", Digits, "--silos", "1", "--json", "--set", "training.epochs=2"]);
        await train.Succeeds();
        Assert.Equal(Hash(train), Hash(submit));

        // A submitter makes no tokens, and reads no other files than those under the roots.
        using var forbidden = await Run("token", "list");
        Assert.Equal(2, await forbidden.Exit());
        Assert.Contains("the token 'ada' is a submitter's, and this takes an operator's", forbidden.Errors);
        using var escape = await Run("submit", Digits, "--set", "data.path=/nowhere/passwd");
        Assert.Equal(2, await escape.Exit());
        Assert.Contains("data.path: /nowhere/passwd is under no data root", escape.Errors);
        using var up = await Run("up");
        Assert.Equal(2, await up.Exit());
        Assert.Contains("granary context use local", up.Errors);

        // Everything that was changed is in the log, and no secret.
        using var log = new CommandLine(_server, "audit-log", "--json", "--url", url);
        await log.Succeeds();
        Assert.Equal(
            ["token.create home done", "data.upload ada done", "job.submit ada done", "job.submit ada done", "job.submit ada refused"],
            log.Json.GetProperty("entries").EnumerateArray().Select(e => $"{e.GetProperty("action").GetString()} {e.GetProperty("who").GetString()} {e.GetProperty("result").GetString()}"));
        var secrets = new[] { token, (await File.ReadAllTextAsync(Path.Combine(_server, "home", "operator.key"))).Trim() };
        Assert.All(secrets, s => Assert.DoesNotContain(s, log.Output + silo.Output + silo.Errors));
        foreach (var file in Directory.GetFiles(_server, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "operator.key"))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(token)) < 0, file); // the store has its hash alone
        }

        using var revoke = new CommandLine(_server, "token", "revoke", "ada", "--url", url);
        await revoke.Succeeds();
        for (var (since, isOver) = (Stopwatch.StartNew(), false); !isOver;)
        {
            using var asked = await Run("jobs");
            isOver = await asked.Exit() == 2;
            Assert.True(isOver || since.Elapsed < TimeSpan.FromMinutes(1), "a token that was revoked is still taken");
        }

        using var logout = await Run("logout");
        await logout.Succeeds();
        using var local = await Run("jobs");
        Assert.Equal(3, await local.Exit());
        Assert.Contains("granary up", local.Errors);
        silo.Signal("TERM");
        await silo.Exit();
    }

    private static string Hash(CommandLine command) => command.Json.GetProperty("weightsSha256").GetString()!;

    private static string? Text(CommandLine tokens, string name) => tokens.Json.GetProperty("tokens")[0].GetProperty(name).GetString();

    // Another user's program listens where a silo was.
    [Fact]
    public async Task A_foreign_listener_at_the_address_of_a_silo_is_told_no_key()
    {
        const string key = "granary_the-key-of-this-home";
        Directory.CreateDirectory(Path.Combine(_server, "home"));
        await File.WriteAllTextAsync(Path.Combine(_server, "home", "operator.key"), key);
        await using var stranger = new PlainServer((_, to) => PlainServer.Say(to, "401 Unauthorized", """{"detail":"this cluster asks for a token."}"""));
        using var create = new CommandLine(_server, "token", "create", "ada", "--role", "operator", "--url", stranger.Url.ToString());
        Assert.Equal(2, await create.Exit());
        Assert.Contains($"The key of {Path.Combine(_server, "home")} was not shown", create.Errors);
        using var jobs = new CommandLine(_server, [("GRANARY_URL", stranger.Url.ToString())], ["jobs"]);
        Assert.Equal(2, await jobs.Exit());
        Assert.Contains(stranger.Heard, heard => heard.StartsWith("GET /api/v1/proof", StringComparison.Ordinal));
        Assert.All(stranger.Heard, heard => Assert.DoesNotContain(key, heard));
    }

    // A machine that vanishes closes no connection.
    [LongFact]
    public async Task Commands_that_wait_for_a_machine_that_is_lost_are_told_and_end()
    {
        using var silo = Silo();
        var url = new Uri(AddressOf(silo));
        await using var relay = new SilentRelay(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(url.Host), url.Port));
        var address = $"http://{relay.Place}";
        using var submit = await Run("submit", Digits, "--detach", "--url", address, "--set", "training.epochs=100000");
        Assert.True(await submit.Exit() == 0, submit.Errors);
        var job = submit.Output.Trim();
        using var watch = OnLaptop(["watch", job, "--url", address]);
        watch.WaitFor("epoch");
        relay.FallSilent();
        Assert.Equal(3, await watch.Exit());
        Assert.Contains($"the cluster at {address} has said nothing for 30 s", watch.Errors);
        Assert.Contains("--url (GRANARY_URL)", watch.Errors);
        using var fetch = await Run("fetch", job, "--url", address);
        Assert.Equal(3, await fetch.Exit());
        Assert.Contains($"the cluster at {address} has said nothing for 30 s", fetch.Errors);
        using var again = await Run("submit", Digits, "--url", address);
        Assert.Equal(3, await again.Exit());
    }

    [Theory]
    [InlineData("--auth none", "--insecure")]
    [InlineData("--auth maybe", "--auth is 'maybe'")]
    [InlineData("--insecure --oidc-issuer http://login.example --oidc-audience granary", "--oidc-issuer is 'http://login.example'")]
    [InlineData("--insecure --oidc-issuer https://login.example", "--oidc-issuer needs --oidc-audience")]
    [InlineData("--insecure --oidc-issuer https://login.example --oidc-audience granary --oidc-roles team=king", "--oidc-roles is 'team=king'")]
    [InlineData("--insecure --auth none --oidc-issuer https://login.example --oidc-audience granary", "say --auth tokens too")]
    [InlineData("--data-root /no/such/folder", "--data-root /no/such/folder")]
    public async Task A_silo_that_would_let_strangers_in_or_has_no_root_refuses_to_start(string told, string named)
    {
        using var silo = Silo(["--web-address", "0.0.0.0", .. told.Split(' ')]);
        Assert.Equal(2, await silo.Exit());
        Assert.Contains(named, silo.Errors);
    }

    [Fact]
    public async Task Beyond_the_loopback_every_request_needs_a_token_and_jobs_read_nothing_of_the_machine()
    {
        using var silo = new CommandLine(
            _server, [("GRANARY_BOOTSTRAP_TOKEN", "0123456789abcdef0123456789abcdef")], ["silo", "--name", "one", "--threads", "1", "--web-port", "0", "--web-address", "0.0.0.0", "--insecure"]);
        var url = AddressOf(silo).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        using var stranger = await Run("jobs", "--url", url);
        Assert.Equal(2, await stranger.Exit());
        using var bootstrap = OnLaptop(["submit", Digits, "--url", url, "--set", "data.path=/etc/hostname-of-nobody"], ("GRANARY_TOKEN", "0123456789abcdef0123456789abcdef"));
        Assert.Equal(2, await bootstrap.Exit());
        Assert.Contains("data.path: /etc/hostname-of-nobody is under no data root", bootstrap.Errors);
        Assert.DoesNotContain("warning: insecure", silo.Errors); // whoever reaches it is asked
    }

    [Fact]
    public async Task An_insecure_silo_says_so_at_each_start()
    {
        using var silo = Silo("--web-address", "0.0.0.0", "--insecure", "--auth", "none");
        silo.WaitFor("warning: insecure");
        var url = AddressOf(silo).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal);
        using var jobs = await Run("jobs", "--url", url, "--json");
        await jobs.Succeeds();
    }

    [Fact]
    public async Task A_check_and_a_training_obey_the_roots_too()
    {
        var data = Path.Combine(_laptop, "data");
        Directory.CreateDirectory(data);
        var rows = Path.Combine(_folder, "outside.csv");
        await File.WriteAllTextAsync(rows, string.Concat(Enumerable.Range(0, 40).Select(i => i == 0 ? "a,b,label\n" : $"{i % 7},{i % 5},{(i % 2 == 0 ? "x" : "y")}\n")));
        File.Copy(rows, Path.Combine(data, "in.csv"));
        File.CreateSymbolicLink(Path.Combine(data, "link.csv"), rows);
        var job = Path.Combine(_laptop, "job.yaml");
        await File.WriteAllTextAsync(job, "version: 1\nmodel: { kind: softmax }\ndata: { format: csv, path: data/in.csv, label: label, shards: 2 }\ntraining: { epochs: 1, batch: 4, optimizer: { kind: sgd, learningRate: 0.1 } }\n");
        foreach (var (path, expected) in new[]
        {
            ("data/in.csv", 0), ("data/*.csv", 2), (rows, 2), ("data/link.csv", 2), ("data/../../outside.csv", 2), ("/etc/passwd", 2), ("/proc/self/environ", 2), ("/dev/stdin", 2), ("/**/outside.csv", 2),
        })
        {
            using var check = OnLaptop(["check", job, "--set", $"data.path={path}"], ("GRANARY_DATA_ROOT", data));
            Assert.True(expected == await check.Exit(), $"{path}: {check.Errors}");
            Assert.Equal(expected == 2, check.Errors.Contains("is under no data root", StringComparison.Ordinal));
        }

        using var train = OnLaptop(["train", job, "--silos", "1", "--output", "out/model"], ("GRANARY_DATA_ROOT", data), ("GRANARY_OUTPUT_ROOT", Path.Combine(_laptop, "out")));
        await train.Succeeds();
        using var elsewhere = OnLaptop(["train", job, "--silos", "1", "--output", "other/model"], ("GRANARY_DATA_ROOT", data), ("GRANARY_OUTPUT_ROOT", Path.Combine(_laptop, "out")));
        Assert.Equal(2, await elsewhere.Exit());
        Assert.Contains("is not under the output root", elsewhere.Errors);
    }

    [Theory]
    [InlineData("30d", 30.0)]
    [InlineData("12h", 0.5)]
    [InlineData("90m", 0.0625)]
    [InlineData("0d", null)]
    [InlineData("d", null)]
    [InlineData("", null)]
    [InlineData("30", null)]
    [InlineData("-1d", null)]
    [InlineData("4000d", null)]
    public void A_life_is_days_hours_or_minutes(string text, double? days)
    {
        if (days is { } expected)
        {
            Assert.Equal(expected, Granary.Client.Commands.TokenCommand.Days(text));
        }
        else
        {
            Assert.Contains("--expires is", Assert.Throws<Granary.Client.UserException>(() => Granary.Client.Commands.TokenCommand.Days(text)).Message);
        }
    }
}
