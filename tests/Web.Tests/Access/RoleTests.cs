using System.Net;
using System.Text.Json;
using Granary.Contracts;
using Microsoft.AspNetCore.Routing;

namespace Granary.Web.Tests.Access;

/// <summary>Every role on every route, over HTTP.</summary>
public sealed class RoleTests(WebCluster cluster)
{
    // The page's files tell nothing of the cluster.
    private static bool IsOfThePage(string route) => route.StartsWith("GET /", StringComparison.Ordinal) && !route.Contains("/api/", StringComparison.Ordinal)
        && !route.Contains("/openapi/", StringComparison.Ordinal) && Path.GetExtension(route) is ".js" or ".css" or ".svg";

    private static IEnumerable<string> RoutesOf(GuardedWeb web) => web.Web.Routes.SelectMany(r =>
        r.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Where(m => m != "HEAD").Select(m => $"{m} {"/" + r.RoutePattern.RawText!.Trim('/')}"));

    [Fact]
    public async Task Every_route_is_in_the_table()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        Assert.Equal(RouteTable.Least.Keys.Order(StringComparer.Ordinal), RoutesOf(web).Where(r => !IsOfThePage(r)).Order(StringComparer.Ordinal));
        Assert.All(RouteTable.Least.Keys.Where(r => !r.StartsWith("GET ", StringComparison.Ordinal) && RouteTable.Least[r] is not null), r => Assert.Contains(r, RouteTable.Actions.Keys));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Submitter)]
    [InlineData(Role.Operator)]
    public async Task A_role_may_do_what_the_table_says_and_nothing_else(Role? role)
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var http = web.With(role is { } own ? await web.Make(GuardedWeb.NewName("any"), own) : null);
        foreach (var (route, least) in RouteTable.Least)
        {
            using var request = RouteTable.Call(route);
            using var answer = await http.SendAsync(request);
            var expected = least is null || role >= least ? "answered" : role is null ? "401" : "403";
            var was = answer.StatusCode switch
            {
                HttpStatusCode.Unauthorized => "401",
                HttpStatusCode.Forbidden => "403",
                _ => "answered",
            };
            Assert.True(expected == was, $"{role?.ToString() ?? "nobody"}: {route}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            if (was != "answered")
            {
                using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                Assert.Contains("granary token create", problem.RootElement.GetProperty("detail").GetString());
                Assert.Equal(was == "401", answer.Headers.WwwAuthenticate.Count > 0);
            }
        }
    }

    [Theory]
    [InlineData("/api/v1/nothing", "GET")]
    [InlineData("/nothing", "GET")]
    [InlineData("/api/v1/jobs", "DELETE")]
    public async Task Nobody_is_told_what_there_is_not(string path, string method)
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        foreach (var (token, expected) in new (string?, HttpStatusCode)[] { (null, HttpStatusCode.Unauthorized), (GuardedWeb.Key, method == "GET" ? HttpStatusCode.NotFound : HttpStatusCode.MethodNotAllowed) })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var answer = await web.With(token).SendAsync(request);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_job_is_its_submitter_s_to_end_and_every_operator_s()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var (one, other) = (GuardedWeb.NewName("one"), GuardedWeb.NewName("other"));
        var (mine, theirs) = (web.With(await web.Make(one, Role.Submitter)), web.With(await web.Make(other, Role.Submitter)));
        using var taken = await mine.PostAsync("/api/v1/jobs", new StringContent(cluster.Blobs(epochs: 1_000_000, "owned"), System.Text.Encoding.UTF8, "application/yaml"));
        var job = JsonDocument.Parse(await taken.Content.ReadAsStringAsync()).RootElement.GetProperty("job").GetString()!;
        Assert.Equal(one, (await cluster.Until(job, _ => true)).Owner);
        try
        {
            foreach (var what in new[] { "cancel", "pause", "resume" })
            {
                foreach (var path in new[] { $"/api/v1/jobs/{job}/{what}", $"/api/v1/records/1/{what}?job={job}" })
                {
                    using var refused = await theirs.PostAsync(path, null);
                    Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
                    Assert.Contains($"handed in by '{one}'", await refused.Content.ReadAsStringAsync());
                }
            }

            using var paused = await mine.PostAsync($"/api/v1/jobs/{job}/pause", null);
            Assert.Equal(HttpStatusCode.Accepted, paused.StatusCode);
        }
        finally
        {
            using var ended = await web.With(GuardedWeb.Key).PostAsync($"/api/v1/jobs/{job}/cancel", null);
            Assert.Equal(HttpStatusCode.Accepted, ended.StatusCode);
            await cluster.Until(job, s => s.State is JobState.Cancelled or JobState.Completed or JobState.Failed);
        }
    }

    // What a client says of itself counts for nothing.
    [Fact]
    public async Task Nobody_hands_a_job_in_for_another()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var name = GuardedWeb.NewName("honest");
        var http = web.With(await web.Make(name, Role.Submitter));
        var job = Jobs.JobFile.Parse(cluster.Blobs(epochs: 1), "j.yaml", cluster.Folder, [], cluster.Folder);
        var body = JsonSerializer.Serialize(SubmissionDocument.Of(new Submission(job, null, $"own-{Guid.NewGuid():N}", Owner: "somebody")), ClusterJson.Default.SubmissionDocument);
        using var taken = await http.PostAsync("/api/v1/records/1/jobs", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        var id = JsonSerializer.Deserialize<string>(await taken.Content.ReadAsStringAsync())!;
        Assert.Equal(name, (await cluster.Until(id, s => s.State == JobState.Completed)).Owner);
    }
}
