using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Granary.Cluster.Tests;

/// <summary>What Prometheus makes of a silo's metrics, of the alert rules and of the dashboard in deploy/monitoring.</summary>
public sealed class PrometheusTests : IDisposable
{
    // A query's rates need two scrapes, one a second.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Monitoring(string name) => Path.Combine(CommandLine.Examples, "..", "deploy", "monitoring", name);

    private static string Tool(string name)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(p => Path.Combine(p, name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, $"{name} is not on the PATH: apt-get install prometheus");
        return program!;
    }

    [Theory]
    [InlineData("check", "config", "deploy/monitoring/prometheus.yaml")]
    [InlineData("check", "rules", "deploy/monitoring/alerts.yaml")]
    [InlineData("test", "rules", "tests/Cluster.Tests/alerts.test.yaml")] // each rule with made-up series for which it fires, and others for which it must not
    public async Task Prometheus_own_tool_accepts_what_is_shipped(string verb, string what, string file)
    {
        using var check = Process.Start(new ProcessStartInfo(Tool("promtool"), [verb, what, Path.Combine(CommandLine.Examples, "..", file)]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(check.ExitCode == 0, output + await errors);
    }

    [Fact]
    public async Task Every_query_of_the_dashboard_finds_data_of_a_job_and_no_rule_fails()
    {
        var program = Tool("prometheus");
        using HeldPort health = new(), web = new();
        using var silo = new CommandLine(
            _folder, ["silo", "--name", "one", "--threads", "1", "--telemetry", "prometheus", "--health-port", $"{health.Number}", "--web-port", "0"]);
        silo.WaitFor("page one at ");
        var job = await Submit(Regex.Match(silo.Output, @"page one at (\S+)").Groups[1].Value);
        File.Copy(Monitoring("alerts.yaml"), Path.Combine(_folder, "alerts.yaml"));
        File.WriteAllText(
            Path.Combine(_folder, "prometheus.yaml"),
            File.ReadAllText(Monitoring("prometheus.yaml")).Replace("15s", "1s", StringComparison.Ordinal).Replace("127.0.0.1:8081", health.Address, StringComparison.Ordinal));
        using var prometheus = Process.Start(new ProcessStartInfo(program, [
            $"--config.file={Path.Combine(_folder, "prometheus.yaml")}", $"--storage.tsdb.path={Path.Combine(_folder, "series")}", $"--web.listen-address=127.0.0.1:{web.Number}"])
        { RedirectStandardError = true })!;
        try
        {
            _ = prometheus.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{web.Number}/api/v1/") };
            foreach (var query in Queries(job))
            {
                await Finds(http, query);
            }

            // Rules are evaluated each second; none may fail, as with labels that do not match.
            var rules = (await Data(http, "rules")).GetProperty("groups")[0].GetProperty("rules").EnumerateArray().ToArray();
            Assert.Equal(5, rules.Length);
            Assert.All(rules, r => Assert.True(r.GetProperty("health").GetString() == "ok", r.ToString()));

            // Their parts have data, so that the rules can hold at all.
            foreach (var part in rules.SelectMany(r => Regex.Matches(r.GetProperty("query").GetString()!, @"granary_\w+")).Select(m => m.Value).Distinct())
            {
                await Finds(http, $"{part}{{job=\"{job}\"}}");
            }
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Without_a_port_there_is_nothing_to_be_fetched()
    {
        using var silo = new CommandLine(_folder, ["silo", "--home", "h", "--telemetry", "console,prometheus"]);
        Assert.Equal(2, await silo.Exit());
        Assert.Contains("--telemetry prometheus needs a port: metrics are served at /metrics of --health-port", silo.Errors);
    }

    private static async Task<string> Submit(string page)
    {
        using var http = new HttpClient();
        using var file = new StringContent(File.ReadAllText(Path.Combine(CommandLine.Examples, "digits-mlp.yaml")));
        var query = string.Concat(new[] { "training.epochs=1000000", "training.clipNorm=1", "training.checkpoint.seconds=1" }.Select(s => "&set=" + Uri.EscapeDataString(s)));
        using var answer = await http.PostAsync(new Uri($"{page}api/v1/jobs?folder={Uri.EscapeDataString(CommandLine.Examples)}{query}"), file, TestContext.Current.CancellationToken);
        var taken = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, taken);
        return JsonDocument.Parse(taken).RootElement.GetProperty("job").GetString()!;
    }

    private static IEnumerable<string> Queries(string job)
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Monitoring("grafana.json")));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(p => p.GetProperty("targets").EnumerateArray())
            .Select(t => t.GetProperty("expr").GetString()!.Replace("$job", job, StringComparison.Ordinal).Replace("$__rate_interval", "30s", StringComparison.Ordinal))];
    }

    private static async Task Finds(HttpClient http, string query)
    {
        for (var since = Stopwatch.StartNew(); ;)
        {
            try
            {
                var found = (await Data(http, "query?query=" + Uri.EscapeDataString(query))).GetProperty("result");
                if (found.EnumerateArray().Any(r => r.GetProperty("value")[1].GetString() != "NaN"))
                {
                    return;
                }
            }
            catch (HttpRequestException e) when (e.StatusCode is null or HttpStatusCode.ServiceUnavailable)
            {
                // It has not started yet.
            }

            Assert.True(since.Elapsed < Patience, $"no data for {query}");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private static async Task<JsonElement> Data(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("data");
    }
}
