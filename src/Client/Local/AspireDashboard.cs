using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Granary.Client.Local;

/// <summary>The Aspire dashboard as a process of this machine: a collector of traces and metrics with a page. It ends with the process that
/// started it, however that ends.</summary>
internal sealed class AspireDashboard : IDisposable
{
    private const string Variable = "GRANARY_DASHBOARD";
    private const string Program = "Aspire.Dashboard";
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    // It reads until its standard input closes, as that does when whoever has started it is gone.
    private const string Guard = "\"$1\" </dev/null & program=$!; (while kill -0 $program 2>/dev/null; do sleep 1; done; kill $$ 2>/dev/null) & while read -r _; do :; done; kill $program";

    private readonly Process _process;

    private AspireDashboard(Process process, int page, int collector) =>
        (_process, Page, Collector) = (process, new Uri($"http://127.0.0.1:{page}/"), new Uri($"http://127.0.0.1:{collector}"));

    /// <summary>Its page.</summary>
    public Uri Page { get; }

    /// <summary>Where it takes telemetry, as OTLP over gRPC.</summary>
    public Uri Collector { get; }

    /// <summary>The name of its package.</summary>
    private static string Package =>
        $"Aspire.Dashboard.Sdk.{(OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    private static string Packages => Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } own
        ? own
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Its program: what GRANARY_DASHBOARD names, else the newest in NuGet's folder.</summary>
    /// <exception cref="UserException">It is not installed.</exception>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? Path.GetFullPath(named) : throw new UserException(
                ExitCode.Usage, $"{Variable} is {named}, and there is no such file. It names the Aspire dashboard's program, {Program}.");
        }

        var folder = Path.Combine(Packages, Package.ToLowerInvariant());
        var found = Directory.Exists(folder)
            ? Directory.GetDirectories(folder)
                .Select(v => (Version: Version.TryParse(Path.GetFileName(v), out var version) ? version : null, File: Path.Combine(v, "tools", Program)))
                .Where(v => v.Version is not null && File.Exists(v.File)).OrderBy(v => v.Version).LastOrDefault().File
            : null;
        return found ?? throw new UserException(
            ExitCode.Usage,
            $"--dashboard needs the Aspire dashboard, which is not in {folder}. Install it with: dotnet package download {Package} --output {Packages} (or name its program in {Variable}).");
    }

    /// <summary>Starts it; returns once it takes telemetry.</summary>
    /// <param name="program">Its program.</param>
    /// <param name="log">Where its output goes.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="UserException">It does not start.</exception>
    public static async Task<AspireDashboard> Start(string program, string log, CancellationToken cancellation)
    {
        var (page, collector) = FreePorts();
        var info = new ProcessStartInfo("sh", ["-c", $"exec >\"$2\" 2>&1; {Guard}", "sh", program, log]) { RedirectStandardInput = true };
        info.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{page}";
        info.Environment["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://127.0.0.1:{collector}";
        info.Environment["DOTNET_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true"; // on the loopback, as Granary's own page
        info.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        var dashboard = new AspireDashboard(Process.Start(info)!, page, collector);
        for (var since = Stopwatch.StartNew(); !await Answers(page) || !await Answers(collector); await Task.Delay(LookEvery, cancellation))
        {
            if (dashboard._process.HasExited || since.Elapsed > StartTime)
            {
                dashboard.Dispose();
                var last = File.Exists(log) ? File.ReadLines(log).LastOrDefault(l => l.Length > 0) : null;
                throw new UserException(ExitCode.Unreachable, $"the Aspire dashboard did not start ({program}): {last ?? "it said nothing"}. See {log}");
            }
        }

        return dashboard;
    }

    private static async Task<bool> Answers(int port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static (int First, int Second) FreePorts()
    {
        using TcpListener first = new(IPAddress.Loopback, 0), second = new(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(TimeSpan.FromSeconds(5));
        _process.Dispose();
    }
}
