using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Granary.Contracts;
using Granary.Jobs;

namespace Granary.Web.Tests.Api;

public sealed class SubmitTests(WebCluster cluster)
{
    [Fact]
    public async Task A_job_is_taken_and_trained_and_leaves_its_files()
    {
        cluster.Check.Warnings = [new JobWarning("index-column", "column 1 counts the rows")];
        using var answer = await cluster.Post("/api/v1/jobs?file=mine.yaml&set=training.epochs%3D4&set=training.seed%3D9&priority=3&group=g", cluster.Blobs(epochs: 3));
        cluster.Check.Warnings = [];
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Contains("mine.yaml", cluster.Check.Names);
        var taken = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var job = taken.GetProperty("job").GetString()!;
        Assert.Equal("index-column", taken.GetProperty("warnings")[0].GetProperty("kind").GetString());
        Assert.Equal($"/api/v1/jobs/{job}", answer.Headers.Location!.ToString());

        var last = await cluster.Until(job, s => s.State == JobState.Completed);
        var details = await cluster.Get($"/api/v1/jobs/{job}");
        var status = details.GetProperty("status");
        Assert.Equal(("completed", 40, 3, "g"), (
            status.GetProperty("state").GetString(), status.GetProperty("step").GetInt64(), status.GetProperty("priority").GetInt32(), status.GetProperty("group").GetString()));
        Assert.Equal(last.Result!.WeightsSha256, status.GetProperty("result").GetProperty("weightsSha256").GetString());
        Assert.Equal(5, status.GetProperty("members").EnumerateArray().Max(m => m.GetProperty("endShard").GetInt32()));

        var resolved = JobFile.Parse(details.GetProperty("jobFile").GetString()!, "x.yaml", "/", [], "/");
        Assert.Equal((4, 9), (resolved.Training.Epochs, resolved.Training.Seed));

        Assert.Equal(["model.safetensors", "summary.json", "metrics.jsonl", "job.yaml"], details.GetProperty("artifacts").EnumerateArray().Select(a => a.GetProperty("name").GetString()));
        foreach (var artifact in details.GetProperty("artifacts").EnumerateArray())
        {
            var bytes = await cluster.Http.GetByteArrayAsync(artifact.GetProperty("url").GetString());
            Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(last.Result.Output, artifact.GetProperty("name").GetString()!)), bytes);
        }

        Assert.Contains(job, (await cluster.Get("/api/v1/jobs")).EnumerateArray().Select(j => j.GetProperty("job").GetString()));
    }

    [Fact]
    public async Task A_wrong_job_file_is_refused_with_file_line_key_and_remedy()
    {
        using var answer = await cluster.Post("/api/v1/jobs?file=mine.yaml", cluster.Blobs(epochs: 3).Replace("shards: 5", "shards: 0", StringComparison.Ordinal));
        var problem = await Problem(answer, HttpStatusCode.BadRequest);
        var expected = Assert.Throws<JobException>(() => JobFile.Parse(cluster.Blobs(3).Replace("shards: 5", "shards: 0", StringComparison.Ordinal), "mine.yaml", "/", [], "/")).Message;
        Assert.Equal(expected, problem.GetProperty("detail").GetString());
        Assert.Equal(("mine.yaml", 4, "data.shards"), (problem.GetProperty("file").GetString(), problem.GetProperty("line").GetInt32(), problem.GetProperty("key").GetString()));
    }

    [Fact]
    public async Task Wrong_data_is_refused_in_the_words_of_the_check()
    {
        cluster.Check.Refusal = "job.yaml:4: data.shards is 5, but x.csv has 3 rows: a shard would be empty. Set data.shards to 3 or less.";
        try
        {
            using var answer = await cluster.Post("/api/v1/jobs", cluster.Blobs(epochs: 3));
            var problem = await Problem(answer, HttpStatusCode.BadRequest);
            Assert.Equal(cluster.Check.Refusal, problem.GetProperty("detail").GetString());
            Assert.Equal("Set data.shards to 3 or less.", problem.GetProperty("remedy").GetString());
            Assert.Equal(4, problem.GetProperty("line").GetInt32());
        }
        finally
        {
            cluster.Check.Refusal = null;
        }
    }

    [Theory]
    [InlineData("folder=data", "folder")]
    [InlineData("output=runs", "output")]
    public async Task Paths_that_would_depend_on_the_silo_are_refused(string query, string named)
    {
        using var answer = await cluster.Post($"/api/v1/jobs?{query}", cluster.Blobs(epochs: 3));
        Assert.StartsWith(named + " is", (await Problem(answer, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("folder/")]
    [InlineData("a%00b")]
    [InlineData("", 256)]
    public async Task What_is_no_name_of_a_file_is_refused(string name, int letters = 0)
    {
        using var answer = await cluster.Post($"/api/v1/jobs?file={name}{new string('x', letters)}", cluster.Blobs(epochs: 3));
        Assert.StartsWith("file is", (await Problem(answer, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_another_job_has_left_in_the_same_folder_is_not_served_as_the_first_one_s()
    {
        var output = Path.Combine(cluster.Folder, "twice");
        var query = $"?overwrite=true&output={Uri.EscapeDataString(output)}";
        var first = await cluster.Submit(cluster.Blobs(epochs: 2), query);
        await cluster.Until(first, s => s.State == JobState.Completed);
        var second = await cluster.Submit(cluster.Blobs(epochs: 2), query);
        await cluster.Until(second, s => s.State == JobState.Completed);
        Assert.Equal(0, (await cluster.Get($"/api/v1/jobs/{first}/artifacts")).GetArrayLength());
        Assert.Equal(4, (await cluster.Get($"/api/v1/jobs/{second}/artifacts")).GetArrayLength());
        using var answer = await cluster.Http.GetAsync($"/api/v1/jobs/{first}/artifacts/model.safetensors");
        await Problem(answer, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_is_too_large_for_a_job_file_is_refused()
    {
        for (var i = 0; i < 20; i++) // a sender that is cut off may or may not see why
        {
            using var answer = await cluster.Post("/api/v1/jobs", new string('#', 20 << 20));
            var problem = await Problem(answer, HttpStatusCode.RequestEntityTooLarge);
            Assert.Contains("a job file has 1048576 at most", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_the_router_refuses_is_said_too()
    {
        using var form = await cluster.Http.PostAsync("/api/v1/jobs", new FormUrlEncodedContent([]));
        Assert.Contains("application/yaml", (await Problem(form, HttpStatusCode.UnsupportedMediaType)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var nothing = await cluster.Http.GetAsync("/api/v1/nothing");
        Assert.Contains("/api/v1/nothing", (await Problem(nothing, HttpStatusCode.NotFound)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var wrong = await cluster.Http.DeleteAsync("/api/v1/jobs");
        Assert.Contains("DELETE", (await Problem(wrong, HttpStatusCode.MethodNotAllowed)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/v1/jobs/nothing-1")]
    [InlineData("GET", "/api/v1/jobs/nothing-1/events")]
    [InlineData("GET", "/api/v1/jobs/nothing-1/events/stream")]
    [InlineData("GET", "/api/v1/jobs/nothing-1/metrics")]
    [InlineData("GET", "/api/v1/jobs/nothing-1/artifacts/summary.json")]
    [InlineData("POST", "/api/v1/jobs/nothing-1/cancel")]
    [InlineData("POST", "/api/v1/jobs/nothing-1/pause")]
    [InlineData("POST", "/api/v1/jobs/nothing-1/resume")]
    public async Task An_unknown_job_is_said_to_be_unknown(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await cluster.Http.SendAsync(request);
        Assert.StartsWith("there is no job 'nothing-1'.", (await Problem(answer, HttpStatusCode.NotFound)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/jobs/%20")]
    [InlineData("/api/v1/records/1/status?known=0&job=")]
    public async Task A_job_without_an_id_is_none(string path)
    {
        using var answer = await cluster.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal("a job's id cannot be empty.", (await Problem(answer, HttpStatusCode.NotFound)).GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("version: 1")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"yaml":"version: 1\n"}""")]
    public async Task What_is_no_submission_is_refused(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await cluster.Http.PostAsync(new Uri("/api/v1/records/1/jobs", UriKind.Relative), content);
        Assert.StartsWith("the body is no submission: ", (await Problem(answer, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    // All defaults filled in, and quoted as JSON, a job file may be longer than it was written.
    [Fact]
    public async Task A_submission_may_be_longer_than_a_job_file()
    {
        var job = Jobs.JobFile.Parse(cluster.Blobs(epochs: 1), "j.yaml", cluster.Folder, [], cluster.Folder);
        var warnings = Enumerable.Range(0, 30_000).Select(i => new JobWarning("kind", $"a warning that says something of column {i}")).ToArray();
        var body = JsonSerializer.Serialize(SubmissionDocument.Of(new Submission(job, null, "long-1", Warnings: warnings)), ClusterJson.Default.SubmissionDocument);
        Assert.InRange(body.Length, 1 << 20, 8 << 20);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await cluster.Http.PostAsync(new Uri("/api/v1/records/1/jobs", UriKind.Relative), content);
        Assert.Equal("\"long-1\"", await answer.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement> Problem(HttpResponseMessage answer, HttpStatusCode code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(code == answer.StatusCode, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        return JsonDocument.Parse(text).RootElement;
    }
}
