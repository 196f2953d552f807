using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Granary.Contracts;
using Granary.Sdk.Connecting;
using Granary.Sdk.Local;

namespace Granary.Sdk.Tests.Connecting;

/// <summary>Who is told the key of a home.</summary>
public sealed class HomeKeyTests
{
    private const string Key = "granary_the-key-of-the-home-of-these-tests";

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static RemoteCluster With(Uri url, string key = Key) => new(url) { Key = new HomeKey("/home", key) };

    private static string? Nonce(string head) => Regex.Match(head, @"^GET /api/v1/proof\?nonce=(\S+) ") is { Success: true } found ? found.Groups[1].Value : null;

    // A silo of the home: it shows that it has the key, and asks everybody for it.
    private static PlainServer Silo(IPEndPoint? place = null, bool closes = false) => new(
        (head, to) => Nonce(head) is { } nonce ? PlainServer.Say(to, "204 No Content", headers: $"{KeyProof.Header}: {KeyProof.Of(Key).Answer(nonce, (IPEndPoint)to.Socket.LocalEndPoint!)}\r\n")
            : head.Contains($"Authorization: Bearer {Key}", StringComparison.Ordinal) ? PlainServer.Say(to, "200 OK", "true", closes ? "Connection: close\r\n" : "")
            : PlainServer.Say(to, "401 Unauthorized", """{"detail":"this cluster asks for a token."}"""),
        place);

    private static Task<bool> Ask(RemoteCluster cluster) => Ask(new HttpQuestions(cluster));

    private static async Task<bool> Ask(HttpQuestions http)
    {
        using (http)
        {
            return await http.Get("", ClusterJson.Default.Boolean, Now);
        }
    }

    private static void HeardNoSecret(PlainServer server)
    {
        Assert.NotEmpty(server.Heard);
        Assert.All(server.Heard, heard => Assert.DoesNotContain(Key, heard));
        Assert.All(server.Heard, heard => Assert.DoesNotContain("Authorization", heard, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_silo_of_the_home_is_shown_the_key()
    {
        await using var silo = Silo();
        Assert.True(await Ask(With(silo.Url)));
        using var api = new HttpApi(With(silo.Url));
        Assert.True((await api.Ask(HttpMethod.Get, "/whoami", Now))!.Value.GetBoolean());
    }

    [Fact]
    public async Task A_silo_of_another_home_is_not_and_the_refusal_says_why()
    {
        await using var silo = Silo();
        var refused = await Assert.ThrowsAsync<AccessRefusedException>(() => Ask(With(silo.Url, "granary_another-key")));
        Assert.Contains($"The key of /home was not shown: whoever answers at {silo.Url.GetLeftPart(UriPartial.Authority)} has not proven to be a silo of that home.", refused.Message);
        Assert.All(silo.Heard, heard => Assert.DoesNotContain("granary_another-key", heard));
        using var api = new HttpApi(With(silo.Url, "granary_another-key"));
        Assert.Contains("was not shown", (await Assert.ThrowsAsync<AccessRefusedException>(() => api.Ask(HttpMethod.Get, "/whoami", Now))).Message);
    }

    [Theory]
    [InlineData("200 OK", "true", "")]
    [InlineData("404 Not Found", "", "")]
    [InlineData("204 No Content", "", "Granary-Proof: 00\r\n")]
    [InlineData("204 No Content", "", "")]
    public async Task A_foreign_listener_at_the_address_hears_no_secret(string status, string body, string headers)
    {
        await using var stranger = new PlainServer((head, to) => Nonce(head) is null ? PlainServer.Say(to, "200 OK", "true") : PlainServer.Say(to, status, body, headers));
        Assert.True(await Ask(With(stranger.Url)));
        using var api = new HttpApi(With(stranger.Url));
        await api.Ask(HttpMethod.Post, "/tokens", Now, new StringContent("body"));
        HeardNoSecret(stranger);
    }

    // A silo of the home runs, and the stranger passes on what it is asked.
    [Fact]
    public async Task A_foreign_listener_that_asks_a_silo_for_the_proof_hears_no_secret()
    {
        await using var silo = Silo();
        using var toSilo = new HttpClient();
        await using var stranger = new PlainServer(async (head, to) =>
        {
            if (Nonce(head) is not { } nonce)
            {
                await PlainServer.Say(to, "200 OK", "true");
                return;
            }

            using var proof = await toSilo.GetAsync(new Uri(silo.Url, $"{KeyProof.Path}?nonce={nonce}"));
            await PlainServer.Say(to, "204 No Content", headers: $"{KeyProof.Header}: {proof.Headers.GetValues(KeyProof.Header).Single()}\r\n");
        });
        Assert.True(await Ask(With(stranger.Url)));
        Assert.Single(silo.Heard);
        HeardNoSecret(stranger);
    }

    [Fact]
    public async Task A_stranger_who_takes_the_address_over_from_a_silo_hears_no_secret()
    {
        PlainServer silo = Silo(closes: true);
        var place = silo.Place;
        using var client = new HttpQuestions(With(silo.Url));
        Assert.True(await client.Get("", ClusterJson.Default.Boolean, Now));
        await silo.DisposeAsync();
        await using var stranger = new PlainServer((_, to) => PlainServer.Say(to, "200 OK", "true"), place);
        Assert.True(await client.Get("", ClusterJson.Default.Boolean, Now));
        HeardNoSecret(stranger);
    }

    // What the home of a lasting cluster names as its address is asked without any key: those silos ask for none.
    [Fact]
    public async Task At_the_address_that_a_home_has_written_down_nothing_secret_is_said()
    {
        var folder = Directory.CreateTempSubdirectory("granary-test-").FullName;
        using var supervisor = Process.Start(new ProcessStartInfo("sh", ["-c", "read never", "supervise", folder]) { RedirectStandardInput = true })!;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "operator.key"), Key, Now);
            await using var stranger = new PlainServer((_, to) => PlainServer.Say(to, "200 OK", "true"));
            var home = new ClusterHome(folder);
            home.Write(new ClusterRecord("local-1", 1, 1, supervisor.Id, stranger.Url));
            while (home.Running() is null)
            {
                await Task.Delay(10, Now); // the system names its program once it has started
            }

            await using var cluster = await ClusterLink.Connect(home.Address(), Now);
            using var api = HttpApi.Of(home.Address());
            await api.Ask(HttpMethod.Get, "/tokens", Now);
            HeardNoSecret(stranger);
        }
        finally
        {
            supervisor.StandardInput.Close();
            await supervisor.WaitForExitAsync(Now);
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_proof_is_of_one_key_one_nonce_and_one_address()
    {
        var (nonce, place) = (KeyProof.NewNonce(), new IPEndPoint(IPAddress.Loopback, 8080));
        Assert.True(KeyProof.IsNonce(nonce));
        var answer = KeyProof.Of(Key).Answer(nonce, place);
        Assert.True(KeyProof.Of(Key).Holds(answer, nonce, place));
        Assert.True(KeyProof.Of(Key).Holds(answer, nonce, new IPEndPoint(IPAddress.Loopback.MapToIPv6(), 8080)));
        Assert.False(KeyProof.Of(Key + "x").Holds(answer, nonce, place));
        Assert.False(KeyProof.Of(Key).Holds(answer, KeyProof.NewNonce(), place));
        Assert.False(KeyProof.Of(Key).Holds(answer, nonce, new IPEndPoint(IPAddress.Loopback, 8081)));
        Assert.False(KeyProof.Of(Key).Holds(answer, nonce, new IPEndPoint(IPAddress.IPv6Loopback, 8080)));
        Assert.False(KeyProof.Of(Key).Holds("", nonce, place));
        Assert.DoesNotContain(Key, $"{new HomeKey("/home", Key)} {With(new Uri("http://127.0.0.1:1"))}");
    }
}
