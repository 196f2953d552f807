using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Contracts;

namespace Granary.Web.Tests.Access;

public sealed class UploadTests(WebCluster cluster)
{
    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static Task<HttpResponseMessage> Put(HttpClient http, string hash, byte[] bytes, string name = "points.csv") =>
        http.PutAsync($"/api/v1/uploads/{hash}?name={Uri.EscapeDataString(name)}", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } });

    [Fact]
    public async Task A_file_is_kept_once_and_a_job_trains_on_it()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var http = web.With(await web.Make(GuardedWeb.NewName("up"), Role.Submitter));
        var job = cluster.Blobs(epochs: 1);
        var path = System.Text.RegularExpressions.Regex.Match(job, "path: ([^,]+),").Groups[1].Value;
        var bytes = await File.ReadAllBytesAsync(path);
        var hash = HashOf(bytes);
        using (var none = await http.GetAsync($"/api/v1/uploads/{hash}"))
        {
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        using var first = await Put(http, hash, bytes);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        var there = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("path").GetString()!;
        Assert.EndsWith($"/uploads/{hash}/points.csv", there, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(there));
        using var again = await Put(http, hash, bytes, "other.csv");
        Assert.Equal(there, (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("path").GetString());
        var known = await http.GetFromJsonAsync<JsonElement>($"/api/v1/uploads/{hash}");
        Assert.Equal((there, bytes.Length), (known.GetProperty("path").GetString(), known.GetProperty("bytes").GetInt32()));
        Assert.Equal(there, Assert.Single(Directory.GetFiles(Path.Combine(web.Folder, "uploads"), "*", SearchOption.AllDirectories)));

        var trained = new string[2];
        foreach (var (i, text) in new[] { job, job.Replace(path, there, StringComparison.Ordinal) }.Index())
        {
            var id = await cluster.Submit(text);
            trained[i] = (await cluster.Until(id, s => s.State == JobState.Completed)).Result!.WeightsSha256;
        }

        Assert.Equal(trained[0], trained[1]);
    }

    [Fact]
    public async Task What_arrives_otherwise_is_not_kept()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var http = web.With(GuardedWeb.Key);
        var bytes = Encoding.UTF8.GetBytes("a,b\n1,2\n");
        using (var other = await Put(http, HashOf([1]), bytes))
        {
            Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
            Assert.Contains(HashOf(bytes), await other.Content.ReadAsStringAsync());
        }

        foreach (var odd in new[] { "x", new string('g', 64), HashOf(bytes).ToUpperInvariant(), "..%2F..%2Fetc" })
        {
            using var refused = await Put(http, odd, bytes);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        var large = new byte[(1 << 20) + 1];
        using (var tooLong = await Put(http, HashOf(large), large))
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.StatusCode);
        }

        Assert.Empty(Directory.Exists(Path.Combine(web.Folder, "uploads")) ? Directory.GetFiles(Path.Combine(web.Folder, "uploads"), "*", SearchOption.AllDirectories) : []);
    }

    [Theory]
    [InlineData("../../x.csv", ".._.._x.csv")]
    [InlineData("", "data")]
    [InlineData(".hidden", "hidden")]
    [InlineData("a b\tc/ü.csv", "a_b_c__.csv")]
    public async Task A_name_is_no_path(string name, string kept)
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var bytes = Encoding.UTF8.GetBytes(name + "!");
        using var answer = await Put(web.With(GuardedWeb.Key), HashOf(bytes), bytes, name);
        var path = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("path").GetString()!;
        Assert.Equal(Path.Combine(web.Folder, "uploads", HashOf(bytes), kept.TrimStart('.')), path);
    }
}
