using System.Net.Http.Json;
using System.Text.Json;
using Granary.Contracts;
using Granary.Web.Auditing;

namespace Granary.Web.Tests.Access;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class AuditLogTests(WebCluster cluster)
{
    [Fact]
    public async Task Every_change_is_in_the_log_with_who_what_and_what_came_of_it()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var (viewer, submitter) = (GuardedWeb.NewName("v"), GuardedWeb.NewName("s"));
        (string Name, string Role, HttpClient Http)[] callers =
        [
            (viewer, "viewer", web.With(await web.Make(viewer, Role.Viewer))), (submitter, "submitter", web.With(await web.Make(submitter, Role.Submitter))), ("home", "operator", web.With(GuardedWeb.Key)),
        ];
        var expected = new List<(string Who, string Role, string Action, int Status)> { ("home", "operator", "token.create", 201), ("home", "operator", "token.create", 201) };
        foreach (var (name, role, http) in callers)
        {
            foreach (var route in RouteTable.Least.Keys)
            {
                using var request = RouteTable.Call(route);
                using var answer = await http.SendAsync(request);
                if (RouteTable.Actions.TryGetValue(route, out var action))
                {
                    expected.Add((name, role, action, (int)answer.StatusCode));
                }
            }
        }

        var entries = (await web.With(GuardedWeb.Key).GetFromJsonAsync<JsonElement>("/api/v1/audit-log?last=1000")).GetProperty("entries").EnumerateArray().ToArray();
        Assert.Equal(expected, entries.Select(e => (
            e.GetProperty("who").GetString()!, e.GetProperty("role").GetString()!, e.GetProperty("action").GetString()!, e.GetProperty("status").GetInt32())));
        Assert.All(entries, e => Assert.Equal(("127.0.0.1", "silo-1"), (e.GetProperty("from").GetString(), e.GetProperty("silo").GetString())));
        Assert.Equal($"{viewer} (viewer)", entries[0].GetProperty("what").GetString());
        Assert.Contains(entries, e => e.GetProperty("action").GetString() == "job.cancel" && e.GetProperty("what").GetString() == "nothing-1" && e.GetProperty("result").GetString() == "refused");
        var few = (await web.With(GuardedWeb.Key).GetFromJsonAsync<JsonElement>("/api/v1/audit-log?last=3")).GetProperty("entries").EnumerateArray().Select(e => e.GetRawText());
        Assert.Equal(entries[^3..].Select(e => e.GetRawText()), few);
    }

    [Fact]
    public async Task A_job_that_is_taken_is_in_the_log_by_its_id_before_its_submitter_knows_it()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        using var taken = await web.With(GuardedWeb.Key).PostAsync(
            "/api/v1/jobs?set=training.seed%3D9&set=name%3Dsecret-name", new StringContent(cluster.Blobs(epochs: 1), System.Text.Encoding.UTF8, "application/yaml"));
        var job = (await taken.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("job").GetString()!;
        var file = Assert.Single(Directory.GetFiles(web.Audit));
        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(["asked", "done"], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("result").GetString()));
        var line = lines[1];
        Assert.Equal((job, "done", 201), (JsonDocument.Parse(line).RootElement.GetProperty("what").GetString(), JsonDocument.Parse(line).RootElement.GetProperty("result").GetString(), JsonDocument.Parse(line).RootElement.GetProperty("status").GetInt32()));
        Assert.DoesNotContain(lines, l => l.Contains("training.seed", StringComparison.Ordinal) || l.Contains(GuardedWeb.Key, StringComparison.Ordinal)); // what is said with a request may be anything
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await cluster.Until(job, s => s.State == JobState.Completed);
    }

    [Fact]
    public async Task A_change_that_cannot_be_written_down_is_refused_and_not_made()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var (name, there) = (GuardedWeb.NewName("t"), Path.Combine(web.Audit, "silo-1.jsonl"));
        Directory.CreateDirectory(there); // where the file should be
        using var refused = await web.With(GuardedWeb.Key).PostAsJsonAsync("/api/v1/tokens", new { name, role = "viewer" });
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.StartsWith("nothing has been changed: the audit log of silo silo-1 cannot be written (", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        var tokens = await web.With(GuardedWeb.Key).GetStringAsync("/api/v1/tokens"); // what changes nothing is answered
        Assert.DoesNotContain(name, tokens, StringComparison.Ordinal);
        Directory.Delete(there);
        await web.Make(name, Role.Viewer);
        Assert.Contains(name, await web.With(GuardedWeb.Key).GetStringAsync("/api/v1/tokens"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_whose_end_was_not_written_is_in_the_log_as_asked()
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        try
        {
            var log = new AuditFolder(folder);
            foreach (var (call, result) in new[] { ("1", "asked"), ("2", "asked"), ("2", "done"), ("3", "asked") })
            {
                log.Append(new AuditEntry(DateTimeOffset.UnixEpoch.AddSeconds(call[0]), "a", "operator", "::1", "act." + call, null, result, 0, "one", call));
            }

            Assert.Equal([("act.1", "asked"), ("act.2", "done"), ("act.3", "asked")], log.Newest(10).Select(e => (e.Action, e.Result)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("one")]
    [InlineData("one\n")]
    [InlineData("\n\none\n\ntwo")]
    public void Lines_are_read_from_the_end_on(string text) => AreReadBackwards(text);

    // Of all lengths, so that blocks end everywhere within lines and characters.
    [Fact]
    public void Lines_of_any_length_are_read_from_the_end_on() =>
        AreReadBackwards(string.Join('\n', Enumerable.Range(0, 700).Select(i => $"{i} " + new string('é', i * 7 % 1500)).Append(new string('x', 200_000)).Append("last")));

    private static void AreReadBackwards(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            Assert.Equal(text.Split('\n').Where(l => l.Length > 0).Reverse(), LastLines.Of(file).Where(l => l.Length > 0));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_named_and_a_link_to_nowhere_is_left_out()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        await web.Make(GuardedWeb.NewName("t"), Role.Viewer);
        File.CreateSymbolicLink(Path.Combine(web.Audit, "gone.jsonl"), Path.Combine(web.Audit, "nowhere"));
        var trail = await web.With(GuardedWeb.Key).GetFromJsonAsync<JsonElement>("/api/v1/audit-log");
        Assert.Equal((1, 0), (trail.GetProperty("entries").GetArrayLength(), trail.GetProperty("silent").GetArrayLength()));
        File.CreateSymbolicLink(Path.Combine(web.Audit, "round.jsonl"), Path.Combine(web.Audit, "round.jsonl"));
        trail = await web.With(GuardedWeb.Key).GetFromJsonAsync<JsonElement>("/api/v1/audit-log");
        Assert.Equal("silo-1", Assert.Single(trail.GetProperty("silent").EnumerateArray()).GetString());
    }

    [Fact]
    public void Files_of_several_silos_are_one_log_and_what_is_no_entry_is_left_out()
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        try
        {
            var log = new AuditFolder(folder);
            for (var i = 0; i < 20; i++)
            {
                log.Append(new AuditEntry(DateTimeOffset.UnixEpoch.AddSeconds(i), "a\nb", "viewer", "::1", $"act.{i}", "w", "done", 200, i % 2 == 0 ? "one/../x" : "two", null));
            }

            Assert.Equal(["one_.._x.jsonl", "two.jsonl"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            File.AppendAllText(Path.Combine(folder, "two.jsonl"), "{\"at\":\"20");
            Assert.Equal(Enumerable.Range(15, 5).Select(i => $"act.{i}"), log.Newest(5).Select(e => e.Action));
            Assert.Equal(20, log.Newest(1000).Count);
            new AuditFolder(folder).Append(new AuditEntry(DateTimeOffset.UnixEpoch.AddSeconds(99), "a", "viewer", "::1", "act.99", "w", "done", 200, "two", null));
            Assert.Equal("act.99", log.Newest(1)[0].Action);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(200, "done")]
    [InlineData(204, "done")]
    [InlineData(400, "refused")]
    [InlineData(403, "refused")]
    [InlineData(499, "cut off")]
    [InlineData(503, "failed")]
    public void A_result_is_a_word(int status, string word) => Assert.Equal(word, AuditLog.ResultOf(status));
}
