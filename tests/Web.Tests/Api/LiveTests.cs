using System.Net.ServerSentEvents;
using System.Text.Json;
using Granary.Contracts;

namespace Granary.Web.Tests.Api;

public sealed class LiveTests(WebCluster cluster)
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_tells_of_a_kill_and_goes_on_and_can_be_taken_up_again(bool ofCoordinator)
    {
        var job = await cluster.Endless();
        var ids = new List<string>();
        await using (var stream = await Open(job, null))
        {
            var events = SseParser.Create(stream).EnumerateAsync(Now).GetAsyncEnumerator(Now);
            var before = await Next(events, e => e.EventType == "status", ids);
            var lost = await cluster.KillOneOf(job, ofCoordinator);
            await Next(events, e => e.EventType == "event" && Kind(e) == "siloLost" && (ofCoordinator || Document(e).GetProperty("silo").GetString() == lost), ids);
            await Next(events, e => e.EventType == "event" && Kind(e) == "resumed", ids);
            var step = Document(before).GetProperty("step").GetInt64();
            await Next(events, e => e.EventType == "status" && Document(e).GetProperty("step").GetInt64() > step && Document(e).GetProperty("recoveries").GetInt32() > 0, ids);
        }

        var all = (await cluster.Get($"/api/v1/jobs/{job}/events")).EnumerateArray().Select(e => e.GetProperty("id").GetString()!).ToArray();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Equal(all.Where(ids.Contains), ids.Where(all.Contains));
        if (!ofCoordinator)
        {
            Assert.Equal(all[..ids.Count], ids); // what a coordinator has told, and not yet stored, goes with it
        }

        // Whoever comes again gets what came after, and nothing twice.
        await using (var stream = await Open(job, ids[0]))
        {
            var again = new List<string>();
            var events = SseParser.Create(stream).EnumerateAsync(Now).GetAsyncEnumerator(Now);
            var cancelled = cluster.End(job);
            await Next(events, e => e.EventType == "end", again);
            Assert.False(await events.MoveNextAsync()); // the end is the end
            await cancelled;
            var after = all[(Array.IndexOf(all, ids[0]) + 1)..];
            Assert.Equal(after, again[..after.Length]);
            Assert.DoesNotContain(ids[0], again);
        }
    }

    [Fact]
    public async Task A_job_is_paused_and_resumed_and_cancelled()
    {
        var job = await cluster.Endless();
        (await cluster.Post($"/api/v1/jobs/{job}/pause")).EnsureSuccessStatusCode();
        var paused = await cluster.Until(job, s => s.State == JobState.Paused);
        (await cluster.Post($"/api/v1/jobs/{job}/resume")).EnsureSuccessStatusCode();
        await cluster.Until(job, s => s.State == JobState.Running && s.Step > paused.Step);
        await cluster.End(job);
        Assert.Equal("cancelled", (await cluster.Get($"/api/v1/jobs/{job}")).GetProperty("status").GetProperty("state").GetString());
    }

    [Fact]
    public async Task Figures_are_those_that_the_coordinator_has_recorded()
    {
        var job = await cluster.Submit(cluster.Blobs(epochs: 40, rate: 0.1));
        var status = await cluster.Until(job, s => s.State == JobState.Completed);
        var all = await cluster.Get($"/api/v1/jobs/{job}/metrics");
        Assert.Equal(status.Points.Select(p => (double?)p.Step), Column(all, "step"));
        Assert.Equal(status.Points.Select(p => (double?)p.Loss), Column(all, "loss"));
        Assert.Equal(status.Points.Select(p => p.ValidationLoss), Column(all, "validationLoss"));
        Assert.Equal(status.Points.Select(p => p.ValidationAccuracy), Column(all, "validationAccuracy"));

        // The cosine schedule's own formula, by hand: 160 examples in batches of 16 are 10 steps an epoch.
        var (steps, rates) = (Column(all, "step"), Column(all, "learningRate"));
        Assert.All(steps.Zip(rates), p => Assert.Equal(0.1 * 0.5 * (1 + Math.Cos(Math.PI * (p.First!.Value - 1) / 399)), p.Second!.Value, 12));

        // Speed times time is the examples: all of them but those of the first report.
        var (seconds, counted) = (Column(all, "seconds"), 0.0);
        var before = seconds.FindIndex(s => s > seconds[0]) - 1;
        foreach (var (i, speed) in Column(all, "examplesPerSecond").Index().Where(s => s.Item is not null))
        {
            (counted, before) = (counted + (speed!.Value * (seconds[i]!.Value - seconds[before]!.Value)), i);
        }

        Assert.Equal(16 * (steps[before]!.Value - steps[seconds.FindIndex(s => s > seconds[0]) - 1]!.Value), counted, 3);

        var few = await cluster.Get($"/api/v1/jobs/{job}/metrics?points=20&from=100&to=300");
        var range = Column(few, "step");
        Assert.InRange(range.Count, 5, 20);
        Assert.All(range, s => Assert.InRange(s!.Value, 100, 300));
        Assert.Equal(status.Points.Count(p => p.Step is >= 100 and <= 300), few.GetProperty("recorded").GetInt32());
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await cluster.Http.GetAsync($"/api/v1/jobs/{job}/metrics?points=3", Now)).StatusCode);
    }

    [Fact]
    public async Task Silos_are_listed()
    {
        var silos = await cluster.Get("/api/v1/silos");
        Assert.True(silos.GetArrayLength() >= 3);
        Assert.All(silos.EnumerateArray(), s => Assert.Equal(1, s.GetProperty("threads").GetInt32()));
        Assert.Equal(("test", "silo-1"), ((await cluster.Get("/api/v1/cluster")).GetProperty("id").GetString(), (await cluster.Get("/api/v1/cluster")).GetProperty("silo").GetString()));
    }

    private static List<double?> Column(JsonElement series, string name) =>
        [.. series.GetProperty(name).EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? (double?)null : v.GetDouble())];

    private async Task<Stream> Open(string job, string? after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/jobs/{job}/events/stream");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        var answer = await cluster.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Now);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        return await answer.Content.ReadAsStreamAsync(Now);
    }

    private static async Task<SseItem<string>> Next(IAsyncEnumerator<SseItem<string>> events, Func<SseItem<string>, bool> wanted, List<string> ids)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current is { EventType: "event", EventId: { } id })
            {
                ids.Add(id);
            }

            if (wanted(events.Current))
            {
                return events.Current;
            }
        }

        throw new InvalidOperationException("The stream has ended before.");
    }

    private static JsonElement Document(SseItem<string> e) => JsonDocument.Parse(e.Data).RootElement;

    private static string Kind(SseItem<string> e) => Document(e).GetProperty("kind").GetString()!;
}
