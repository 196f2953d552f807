using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Granary.Contracts;
using Granary.Grains.Tests;
using Granary.Web.Security;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Web.Tests.Access;

public sealed class TokenTests(WebCluster cluster)
{
    [Fact]
    public async Task A_token_is_made_listed_and_revoked_and_every_silo_knows_it()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        await using var second = await GuardedWeb.Start(cluster.Cluster.Client, silo: "silo-2");
        var name = GuardedWeb.NewName("made");
        var token = await web.Make(name, Role.Viewer);
        Assert.Matches("^granary_[A-Za-z0-9_-]{43}$", token);
        var (first, other) = (web.With(token), second.With(token));
        Assert.Equal(HttpStatusCode.OK, await Status(first)); // at once, on either silo
        Assert.Equal(HttpStatusCode.OK, await Status(other));
        var listed = Assert.Single((await web.With(GuardedWeb.Key).GetFromJsonAsync<JsonElement>("/api/v1/tokens")).EnumerateArray(), t => t.GetProperty("name").GetString() == name);
        Assert.Equal(("viewer", "home", JsonValueKind.Null), (listed.GetProperty("role").GetString(), listed.GetProperty("by").GetString(), listed.GetProperty("expires").ValueKind));
        Assert.DoesNotContain(token, listed.GetRawText());
        Assert.DoesNotContain(TokenText.HashOf(token), listed.GetRawText());

        using var taken = await web.With(GuardedWeb.Key).PostAsync($"/api/v1/tokens?name={name}&role=operator", null);
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        Assert.Equal("viewer", (await first.GetFromJsonAsync<JsonElement>("/api/v1/whoami")).GetProperty("role").GetString());

        using var revoked = await web.With(GuardedWeb.Key).DeleteAsync($"/api/v1/tokens/{name}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        foreach (var http in new[] { first, other })
        {
            // Whoever asks a second later is refused; however long the answer takes, that is when they asked.
            var (since, lastTaken) = (Stopwatch.StartNew(), TimeSpan.Zero);
            for (var asked = since.Elapsed; await Status(http) == HttpStatusCode.OK; asked = since.Elapsed)
            {
                lastTaken = asked;
            }

            Assert.True(lastTaken <= TokenTable.Age, $"taken {lastTaken} after it was revoked");
        }

        using var again = await web.With(GuardedWeb.Key).DeleteAsync($"/api/v1/tokens/{name}");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    // Else whoever has once begun to read would read until the job ends.
    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var name = GuardedWeb.NewName("stream");
        var http = web.With(await web.Make(name, Role.Viewer));
        var job = await cluster.Endless("streamed");
        await using var stream = await http.GetStreamAsync($"/api/v1/jobs/{job}/events/stream");
        await stream.ReadExactlyAsync(new byte[100]);
        using var revoked = await web.With(GuardedWeb.Key).DeleteAsync($"/api/v1/tokens/{name}");
        await stream.CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromMinutes(1)); // to its end
        Assert.Equal(JobState.Running, (await cluster.Until(job, _ => true)).State);
        await cluster.End(job);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_worth_nothing()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var grain = cluster.Cluster.Client.GetGrain<ITokenGrain>(0);
        foreach (var (minutes, expected) in new[] { (-1, HttpStatusCode.Unauthorized), (60, HttpStatusCode.OK) })
        {
            var token = TokenText.New();
            Assert.True(await grain.Add(new TokenRecord(
                GuardedWeb.NewName("old"), Role.Operator, TokenText.HashOf(token), DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(minutes), "test")));
            using var answer = await web.With(token).GetAsync("/api/v1/jobs");
            Assert.Equal(expected, answer.StatusCode);
            Assert.Equal(minutes < 0, (await answer.Content.ReadAsStringAsync()).Contains("the token has expired", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("role=viewer")]
    [InlineData("name=&role=viewer")]
    [InlineData("name=a%20b&role=viewer")]
    [InlineData("name=a%0A&role=viewer")]
    [InlineData("name=a/b&role=viewer")]
    [InlineData("name=a")]
    [InlineData("name=a&role=root")]
    [InlineData("name=a&role=2")]
    [InlineData("name=a&role=viewer,operator")]
    [InlineData("name=a&role=viewer&days=0")]
    [InlineData("name=a&role=viewer&days=-1")]
    [InlineData("name=a&role=viewer&days=NaN")]
    [InlineData("name=a&role=viewer&days=1e9")]
    public async Task A_token_that_cannot_be_made_is_refused(string query)
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        using var answer = await web.With(GuardedWeb.Key).PostAsync("/api/v1/tokens?" + query, null);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    public static TheoryData<string> WrongTokens
    {
        get
        {
            var other = TokenText.New();
            return
            [
                "x", "granary_", other, GuardedWeb.Key[..^1], GuardedWeb.Key + "x", GuardedWeb.Key.ToUpperInvariant(), TokenText.HashOf(GuardedWeb.Key), new string('a', 8000),
                "' OR 1=1 --", "null",
            ];
        }
    }

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task A_wrong_token_is_none(string token)
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var http = web.With(null);
        foreach (var (name, value) in new[] { ("Authorization", "Bearer " + token), ("Authorization", "Basic " + token), ("Authorization", token), ("Cookie", $"granary-token={Uri.EscapeDataString(token)}") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/jobs");
            request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.True(token.Length < 20 || !(await answer.Content.ReadAsStringAsync()).Contains(token, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_is_stored_is_the_hash_and_not_the_token()
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        try
        {
            var storage = new SharedStorage();
            await using var own = await GranaryCluster.Deploy(1, folder, storage: storage);
            await using var web = await GuardedWeb.Start(own.Client);
            var token = await web.Make("kept", Role.Submitter);
            Assert.Contains(storage.Stored, s => Holds(s, Encoding.UTF8.GetBytes(TokenText.HashOf(token))));
            var bits = Convert.FromBase64String(token["granary_".Length..].Replace('-', '+').Replace('_', '/') + "=");
            Assert.All(storage.Stored, s => Assert.False(Holds(s, Encoding.UTF8.GetBytes(token)) || Holds(s, Encoding.UTF8.GetBytes(token["granary_".Length..])) || Holds(s, bits)));
            Assert.All(Directory.GetFiles(web.Folder, "*", SearchOption.AllDirectories), f => Assert.DoesNotContain(token, File.ReadAllText(f)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool Holds(byte[] whole, byte[] part) => whole.AsSpan().IndexOf(part) >= 0;

    [Fact]
    public async Task A_browser_keeps_a_token_where_no_script_reads_it()
    {
        await using var web = await GuardedWeb.Start(cluster.Cluster.Client);
        var token = await web.Make(GuardedWeb.NewName("browser"), Role.Viewer);
        using var login = await web.With(token).PostAsync("/api/v1/login", null);
        var cookie = Assert.Single(login.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith($"granary-token={token}; ", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("expires", cookie, StringComparison.OrdinalIgnoreCase); // it ends with the browser

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/whoami");
        request.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var answer = await web.With(null).SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        // Another site's page may have the browser send the cookie, and may not change anything by it.
        using var elsewhere = new HttpRequestMessage(HttpMethod.Post, "/api/v1/jobs/nothing-1/cancel");
        elsewhere.Headers.Add("Cookie", cookie.Split(';')[0]);
        elsewhere.Headers.Add("Origin", "https://elsewhere.example");
        using var refused = await web.With(null).SendAsync(elsewhere);
        Assert.Contains("elsewhere.example", await refused.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);

        using var logout = await web.With(null).PostAsync("/api/v1/logout", null);
        Assert.StartsWith("granary-token=; expires=Thu, 01 Jan 1970", Assert.Single(logout.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    // The clock stands still, so that all of them wait at once.
    [Fact]
    public async Task Few_strangers_are_looked_at_at_a_time()
    {
        var time = new FakeTimeProvider();
        var asked = 0;
        var tokens = DispatchProxy.Create<ITokenGrain, ManyJobs.Answers>();
        ((ManyJobs.Answers)(object)tokens).All = new()
        {
            ["List"] = _ =>
            {
                Interlocked.Increment(ref asked);
                return Task.FromResult<IReadOnlyList<TokenRecord>>([]);
            },
        };
        var grains = DispatchProxy.Create<IGrainFactory, One>();
        ((One)(object)grains).Grain = tokens;
        await using var web = await GuardedWeb.Start(grains, time);
        var http = web.With("granary_unknown");
        Assert.Equal(HttpStatusCode.Unauthorized, await Status(http));
        time.Advance(TimeSpan.FromMilliseconds(1)); // what is known is older than the requests to come, and not old enough to be asked for again
        List<Task<HttpStatusCode>> all = [.. Enumerable.Range(0, Callers.MostStrangers + 1).Select(_ => Status(http))];
        var first = await Task.WhenAny(all);
        Assert.Equal(HttpStatusCode.TooManyRequests, await first);
        all.Remove(first);
        Assert.DoesNotContain(all, t => t.IsCompleted);
        while (all.Exists(t => !t.IsCompleted))
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(Task.WhenAll(all), Task.Delay(20));
        }

        Assert.All(all, t => Assert.Equal(HttpStatusCode.Unauthorized, t.Result));
        Assert.InRange(asked, 2, 4); // they share the answers
    }

    public class One : DispatchProxy
    {
        internal object? Grain { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Grain;
    }

    private static async Task<HttpStatusCode> Status(HttpClient http)
    {
        using var answer = await http.GetAsync("/api/v1/cluster");
        return answer.StatusCode;
    }
}
