using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Granary.Cluster.Tests.Stores;
using Granary.Sdk.Connecting;

namespace Granary.Cluster.Tests;

/// <summary>A PostgreSQL server of a test's own, on the loopback and in a folder of its own. It refuses to run as root: then it runs as another user.</summary>
internal sealed class PostgresServer : IRecordServer
{
    public const string Password = "sEcr3t-of-granary";
    private const string User = "granary";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-postgres-").FullName;
    private readonly string _programs;
    private readonly HeldPort _port = new();
    private Process? _server;

    private PostgresServer(string programs) => _programs = programs;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, string Value)> Variables => [("GRANARY_STORE", "postgres"), ("GRANARY_POSTGRES", Connection)];

    /// <inheritdoc/>
    public ClusterAddress Address => new("test", null, null, Postgres: Connection);

    /// <inheritdoc/>
    public string Name => "PostgreSQL at " + _port.Address;

    /// <summary>The connection string of its database.</summary>
    public string Connection => With(Password);

    /// <summary>The same with a password that may be another one.</summary>
    public string With(string password) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port.Number};Database=postgres;Username={User};Password={password}");

    /// <summary>Starts one; the test is skipped where there is none.</summary>
    public static PostgresServer Start()
    {
        var programs = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        Assert.SkipWhen(programs is null, "PostgreSQL is not in /usr/lib/postgresql: apt-get install postgresql");
        Assert.SkipWhen(Environment.UserName == "root" && !File.Exists("/usr/bin/setpriv"), "PostgreSQL does not run as root, and there is no setpriv to become another user");
        var server = new PostgresServer(programs!);
        try
        {
            server.Make();
            server.Up();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private void Make()
    {
        var words = Path.Combine(_folder, "password");
        File.WriteAllText(words, Password);
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        if (Environment.UserName == "root")
        {
            Run("chown", "-R", Other(), _folder);
        }

        var (program, arguments) = AsOther("initdb", "--pgdata", Path.Combine(_folder, "data"), "--username", User, "--auth", "scram-sha-256", "--pwfile", words, "--locale", "C", "--encoding", "UTF8", "--no-sync");
        Run(program, arguments);
    }

    // The name of a user that is not root.
    private static string Other() => File.ReadLines("/etc/passwd").Any(l => l.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";

    private (string Program, string[] Arguments) AsOther(string program, params string[] arguments) => Environment.UserName == "root"
        ? ("setpriv", ["--reuid", Other(), "--clear-groups", "--", Path.Combine(_programs, program), .. arguments])
        : (Path.Combine(_programs, program), arguments);

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program}: {errors.Result}{output.Result}");
    }

    /// <inheritdoc/>
    public void Up()
    {
        var (program, arguments) = AsOther(
            "postgres", "-D", Path.Combine(_folder, "data"), "-p", _port.Number.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}");
        var lines = new BlockingCollection<string>();
        _server = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, WorkingDirectory = _folder } };
        _server.ErrorDataReceived += (_, e) => lines.Add(e.Data ?? "its end");
        _server.Start();
        _server.BeginErrorReadLine();
        var said = "";
        while (!said.Contains("ready to accept connections", StringComparison.Ordinal))
        {
            Assert.True(lines.TryTake(out var line, Patience) && line != "its end", $"PostgreSQL does not start: {said}");
            said += line + "\n";
        }
    }

    /// <inheritdoc/>
    public void Down() => End("INT");

    private void End(string signal)
    {
        if (_server is { } server)
        {
            _server = null;
            CommandLine.Kill(signal, $"{server.Id}");
            server.WaitForExit();
            server.Dispose();
        }
    }

    public void Dispose()
    {
        End("QUIT");
        _port.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
