using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Contracts;
using Granary.Web.Uploads;

namespace Granary.Web.Tests.Access;

public sealed class UploadTests(WebCluster cluster)
{
    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static Task<HttpResponseMessage> Put(HttpClient http, string hash, byte[] bytes, string name = "points.csv") =>
        http.PutAsync($"/api/v1/uploads/{hash}?name={Uri.EscapeDataString(name)}", new ByteArrayContent(bytes) { Headers = { ContentType = new("application/octet-stream") } });

    private static string[] Kept(GuardedWeb web) => Path.Combine(web.Folder, "uploads") is var folder && Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != ".lock")]
        : [];

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
        Assert.Equal(there, Assert.Single(Kept(web)));

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

        Assert.Empty(Kept(web));
    }

    [Fact]
    public async Task Uploads_are_bounded_in_sum_and_the_same_content_counts_once()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client, uploadSpace: 3 * 4096);
        var http = web.With(await web.Make(GuardedWeb.NewName("up"), Role.Submitter));
        var (first, second) = (new byte[8192], new byte[8192]);
        second[0] = 1;
        foreach (var expected in new[] { HttpStatusCode.Created, HttpStatusCode.Created })
        {
            using var taken = await Put(http, HashOf(first), first);
            Assert.Equal(expected, taken.StatusCode);
        }

        using (var refused = await Put(http, HashOf(second), second))
        {
            Assert.Equal(HttpStatusCode.InsufficientStorage, refused.StatusCode);
            var detail = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();
            Assert.Contains("uploads have 12288 bytes in sum, of which 8192 are used, and this file has 8192. ", detail);
            Assert.Contains("--upload-space", detail);
        }

        using var kept = await Put(http, HashOf([7]), [7]);
        Assert.Equal(HttpStatusCode.Created, kept.StatusCode);
        Assert.Contains("\"refused\"", (await File.ReadAllLinesAsync(Directory.GetFiles(web.Audit).Single()))[^3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_says_how_long_it_is()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/uploads/{HashOf([1])}") { Content = new ByteArrayContent([1]) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await web.With(GuardedWeb.Key).SendAsync(request);
        Assert.Equal(HttpStatusCode.LengthRequired, answer.StatusCode);
        Assert.False(Directory.Exists(Path.Combine(web.Folder, "uploads")));
    }

    [Fact]
    public async Task Uploads_that_are_never_finished_keep_no_other_caller_out_and_leave_nothing()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client, uploadSpace: (UploadPlaces.OfEach + 2) << 12);
        var (slow, other) = (web.With(await web.Make(GuardedWeb.NewName("slow"), Role.Submitter)), web.With(await web.Make(GuardedWeb.NewName("other"), Role.Submitter)));
        using var stop = new CancellationTokenSource();
        var sent = Enumerable.Range(0, UploadPlaces.Most * 2).Select(i => slow.PutAsync($"/api/v1/uploads/{HashOf([(byte)i])}", new Endless(), stop.Token)).ToArray();
        var folder = Path.Combine(web.Folder, "uploads");
        int Unfinished() => Directory.Exists(folder) ? Directory.GetFiles(folder, "*.part").Length : 0;
        while (Unfinished() < UploadPlaces.OfEach)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        using (var done = await Put(other, HashOf([200]), [200]))
        {
            Assert.Equal(HttpStatusCode.Created, done.StatusCode);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(sent)); // those that were cancelled
        while (Unfinished() > 0)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    // Says that it is as long as a block, and sends a byte.
    private sealed class Endless : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[] { 1 }, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override bool TryComputeLength(out long length)
        {
            length = 4096;
            return true;
        }
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
