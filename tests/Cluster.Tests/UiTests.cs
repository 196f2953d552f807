using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Granary.Cluster.Tests;

/// <summary>The API as the silos' processes serve it.</summary>
public sealed class UiTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }); // each question is a connection of its own

    private static string Digits => Path.Combine(CommandLine.Examples, "digits-mlp.yaml");

    public void Dispose()
    {
        _http.Dispose();
        using var down = CommandLine.Run(_folder, "down").GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    private Task<CommandLine> Run(params string[] arguments) => CommandLine.Run(_folder, arguments);

    [Fact]
    public async Task One_address_outlives_every_silo_and_takes_jobs_as_submit_does()
    {
        using var nothing = await Run("ui", "--no-open");
        Assert.Equal(3, await nothing.Exit());
        Assert.Contains("granary up", nothing.Errors);

        using var up = await Run("up", "--silos", "2");
        Assert.Equal(0, await up.Exit());
        using var ui = await Run("ui", "--no-open");
        var page = new Uri(ui.Output.Trim());
        Assert.Contains(page.ToString(), up.Output);
        Assert.True(page.IsLoopback);
        using var taken = await Run("up", "--home", Path.Combine(_folder, "other"), "--ui-port", $"{page.Port}");
        Assert.Equal(3, await taken.Exit());
        Assert.Contains($"--ui-port is {page.Port}", taken.Errors);

        // Both silos answer there.
        var answered = new HashSet<string>();
        await Until(async () => answered.Add(await Answering(page)) && answered.Count == 2);

        // What is wrong with a job is said in the command line's words.
        using var submit = await Run("submit", Digits, "--set", "data.shards=2000");
        using var refused = await Submit(page, "data.shards=2000");
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((400, submit.Errors.Trim()), ((int)refused.StatusCode, $"granary: {problem.GetProperty("detail").GetString()}"));

        using var accepted = await Submit(page, "training.epochs=1000000");
        var job = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("job").GetString()!;
        await Until(async () => (await Job(page, job)).GetProperty("step").GetInt64() > 0);

        foreach (var lost in (await Job(page, job)).GetProperty("members").EnumerateArray())
        {
            var before = await Job(page, job);
            CommandLine.Kill("KILL", $"{lost.GetProperty("pid").GetInt32()}");
            await Until(async () => await Job(page, job) is var now
                && now.GetProperty("recoveries").GetInt32() > before.GetProperty("recoveries").GetInt32()
                && now.GetProperty("step").GetInt64() > before.GetProperty("step").GetInt64()
                && now.GetProperty("members").GetArrayLength() == 2);
        }

        using var cancel = await _http.PostAsync(new Uri(page, $"/api/v1/jobs/{job}/cancel"), null);
        Assert.Equal(202, (int)cancel.StatusCode);
        await Until(async () => (await Job(page, job)).GetProperty("state").GetString() == "cancelled");
    }

    [Fact]
    public async Task A_training_has_a_page_where_it_is_asked_for()
    {
        using var train = new CommandLine(_folder, "train", Digits, "--silos", "1", "--ui", "--set", "training.epochs=1000000");
        train.WaitFor("its page, while it runs: ");
        var page = new Uri(train.Errors.Split('\n').First(l => l.StartsWith("its page", StringComparison.Ordinal)).Split(": ", 2)[1].Trim());
        await Until(async () => (await _http.GetFromJsonAsync<JsonElement>(new Uri(page, "/api/v1/jobs")))[0].GetProperty("step").GetInt64() > 0);
        train.Signal("INT");
        await train.Exit();
    }

    [Fact]
    public async Task A_cluster_may_have_none_and_its_silos_then_load_no_server()
    {
        using var wrong = await Run("up", "--ui-port", "many");
        Assert.Equal(2, await wrong.Exit());
        using var up = await Run("up", "--silos", "1", "--ui-port", "none");
        Assert.DoesNotContain("http", up.Output);
        using var status = await Run("status", "--json");
        var loaded = await File.ReadAllTextAsync($"/proc/{status.Json.GetProperty("silos")[0].GetProperty("pid").GetInt32()}/maps");
        Assert.Contains("Granary.Silo.dll", loaded);
        Assert.All(["Kestrel", "AspNetCore.Hosting", "AspNetCore.Routing", "OpenApi"], part => Assert.DoesNotContain(part, loaded));
        using var ui = await Run("ui", "--no-open");
        Assert.Equal(2, await ui.Exit());
    }

    private async Task<HttpResponseMessage> Submit(Uri page, string set) => await _http.PostAsync(
        new Uri(page, $"/api/v1/jobs?file=digits-mlp.yaml&folder={Uri.EscapeDataString(CommandLine.Examples)}&set={Uri.EscapeDataString(set)}"),
        new StringContent(await File.ReadAllTextAsync(Digits), Encoding.UTF8, "application/yaml"));

    private async Task<JsonElement> Job(Uri page, string job) =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri(page, $"/api/v1/jobs/{job}"))).GetProperty("status");

    private async Task<string> Answering(Uri page) => (await _http.GetFromJsonAsync<JsonElement>(new Uri(page, "/api/v1/cluster"))).GetProperty("silo").GetString()!;

    // A silo that dies while it answers gives no answer, and one that starts listens a little later: whoever asks, asks again.
    private static async Task Until(Func<Task<bool>> holds)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                if (await holds())
                {
                    return;
                }
            }
            catch (HttpRequestException) when (since.Elapsed < Patience)
            {
            }

            Assert.True(since.Elapsed < Patience, "waited in vain");
        }
    }
}
