using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace Granary.Cluster.Tests;

/// <summary>Job files that come over HTTP to a silo with roots, and name what is none of theirs: each is refused, and the audit log has it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class PathEscapeTests : IDisposable
{
    private const string Token = "bootstrap-0123456789-abcdefghijkl";

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Full(string path) => Path.Combine(_folder, path);

    private static string Job(string path) =>
        $"version: 1\nname: escape\nmodel: {{ kind: softmax }}\ndata: {{ format: csv, path: '{path}', label: label, shards: 1 }}\ntraining: {{ epochs: 1, batch: 4, optimizer: {{ kind: sgd, learningRate: 0.1 }} }}\n";

    [Fact]
    public async Task Whatever_leads_out_of_the_roots_is_refused_over_http_and_in_the_audit_log()
    {
        foreach (var folder in new[] { "root", "runs", "outside" })
        {
            Directory.CreateDirectory(Full(folder));
            await File.WriteAllTextAsync(Full($"{folder}/rows.csv"), "a,b,label\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n");
        }

        File.CreateSymbolicLink(Full("root/link.csv"), Full("outside/rows.csv"));
        File.CreateSymbolicLink(Full("root/out"), Full("outside"));
        File.CreateSymbolicLink(Full("runs/out"), Full("outside"));
        using var silo = new CommandLine(
            _folder, [("GRANARY_BOOTSTRAP_TOKEN", Token)],
            ["silo", "--name", "one", "--threads", "1", "--web-port", "0", "--auth", "tokens", "--data-root", Full("root"), "--output-root", Full("runs")]);
        silo.WaitFor("page one at ");
        using var http = new HttpClient { BaseAddress = new Uri(Regex.Match(silo.Output, @"page one at (\S+)").Groups[1].Value) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        string[] data =
        [
            Full("outside/rows.csv"), "../outside/rows.csv", "link.csv", "out/rows.csv", "out/*.csv", "../*/rows.csv", "/etc/passwd", "/proc/self/environ", "/proc/self/fd/0",
            $"/proc/self/root{Full("outside/rows.csv")}", "/dev/stdin", "/dev/zero", Full("home/operator.key"), Full("home/membership.db"), Full("home/audit/one.jsonl"),
        ];
        foreach (var path in data)
        {
            await IsRefused(http, $"folder={Uri.EscapeDataString(Full("root"))}", Job(path), path);
        }

        foreach (var output in new[] { Full("outside/new"), Full("runs/../outside/new"), Full("runs/out/new"), Full("home/new"), "/proc/self/new", "/dev/new", "/new-folder-of-nobody" })
        {
            await IsRefused(http, $"folder={Uri.EscapeDataString(Full("root"))}&output={Uri.EscapeDataString(output)}", Job("rows.csv"), output);
        }

        // By a value over the file, and by the folder that relative paths start in.
        await IsRefused(http, $"folder={Uri.EscapeDataString(Full("root"))}&set={Uri.EscapeDataString("data.path=../outside/rows.csv")}", Job("rows.csv"), "set");
        await IsRefused(http, $"folder={Uri.EscapeDataString(Full("outside"))}", Job("rows.csv"), "folder");
        Assert.Equal([Full("outside/rows.csv")], Directory.GetFileSystemEntries(Full("outside")));
        Assert.False(Directory.Exists(Full("home/new")) || Directory.Exists("/new-folder-of-nobody"));

        var entries = (await http.GetStringAsync("/api/v1/audit-log")).Split("\"job.submit\"").Length - 1;
        Assert.Equal(data.Length + 7 + 2, entries);

        // The same job is taken where it keeps to the roots.
        using var taken = await Submit(http, $"folder={Uri.EscapeDataString(Full("root"))}&output={Uri.EscapeDataString(Full("runs/new"))}", Job("rows.csv"));
        Assert.True(taken.StatusCode == HttpStatusCode.Created, await taken.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> Submit(HttpClient http, string query, string job) =>
        http.PostAsync($"/api/v1/jobs?{query}", new StringContent(job, Encoding.UTF8, "application/yaml"));

    private static async Task IsRefused(HttpClient http, string query, string job, string what)
    {
        using var answer = await Submit(http, query, job);
        var said = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{what}: {(int)answer.StatusCode} {said}");
        Assert.DoesNotContain("root:x:", said, StringComparison.Ordinal); // of /etc/passwd
    }
}
