using System.Diagnostics;
using System.IO.Hashing;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Web.Tests.Browser;

namespace Granary.Cluster.Tests;

/// <summary>The Aspire dashboard beside a lasting cluster.</summary>
public sealed class DashboardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Where_it_is_not_installed_one_message_says_how_to_install_it()
    {
        using var up = new CommandLine(_folder, [("NUGET_PACKAGES", Path.Combine(_folder, "packages")), ("GRANARY_DASHBOARD", "")], ["up", "--dashboard"]);
        Assert.Equal(2, await up.Exit());
        Assert.Matches(@"^granary: --dashboard needs the Aspire dashboard, .* Install it with: dotnet package download Aspire\.Dashboard\.Sdk\.\S+ --output \S+ ", up.Errors);
        Assert.Single(up.Errors.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(Path.Combine(_folder, "home")));
    }

    // GRANARY_UPDATE_PICTURES=1 keeps what is seen as docs/plots/trace-step.png.
    [Fact]
    public async Task It_shows_a_step_of_three_processes_as_one_trace_and_ends_with_the_cluster()
    {
        using var up = await CommandLine.Run(_folder, "up", "--silos", "3", "--dashboard");
        Assert.SkipWhen(up.Errors.Contains("--dashboard needs the Aspire dashboard", StringComparison.Ordinal), "the Aspire dashboard is not installed: " + up.Errors);
        try
        {
            await up.Succeeds();
            var dashboard = new Uri(Regex.Match(up.Output, @"its telemetry: (\S+)").Groups[1].Value);
            var job = await Submit(new Uri(Regex.Match(up.Output, @"its page: (\S+)").Groups[1].Value));
            using var wait = await CommandLine.Run(_folder, "wait", job);
            await wait.Succeeds();

            // Job, generation and step say which trace it is.
            var trace = Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes($"{job}/1/0")));
            using var browser = new Chromium(dashboard);
            var seen = browser.Until(() => Seen(browser, new Uri(dashboard, $"traces/detail/{trace}")), "the trace is not shown");
            Assert.All(["step", "grant", "backward", "reduce-scatter", "all-gather", "evaluate"], name => Assert.Contains(name, seen));
            Assert.Equal(3, Regex.Count(seen, @"\brank\b"));
            if (Environment.GetEnvironmentVariable("GRANARY_UPDATE_PICTURES") == "1")
            {
                browser.Picture(Path.Combine(CommandLine.Examples, "..", "docs", "plots", "trace-step.png"));
            }

            using var down = await CommandLine.Run(_folder, "down");
            await down.Succeeds();
            using var http = new HttpClient();
            await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(dashboard, TestContext.Current.CancellationToken));
        }
        finally
        {
            using var down = await CommandLine.Run(_folder, "down");
        }
    }

    // Of one look at the page.
    private static readonly TimeSpan Drawn = TimeSpan.FromSeconds(5);

    // It is there once spans of three ranks are; the page does not ask for them again by itself.
    private static string? Seen(Chromium browser, Uri page)
    {
        browser.Go(page);
        for (var since = Stopwatch.StartNew(); since.Elapsed < Drawn; Thread.Sleep(100))
        {
            if (browser.Run("return document.body.innerText") is string text && Regex.Count(text, @"\brank\b") >= 3)
            {
                return text;
            }
        }

        return null;
    }

    private static async Task<string> Submit(Uri page)
    {
        using var http = new HttpClient();
        using var file = new StringContent(File.ReadAllText(Path.Combine(CommandLine.Examples, "digits-mlp.yaml")));
        var query = string.Concat(new[] { "training.epochs=20", "training.batch=all" }.Select(s => "&set=" + Uri.EscapeDataString(s)));
        using var answer = await http.PostAsync(new Uri(page, $"/api/v1/jobs?folder={Uri.EscapeDataString(CommandLine.Examples)}{query}"), file, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("job").GetString()!;
    }
}
