using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Contracts;
using Granary.Web.Security;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Web.Tests.Access;

/// <summary>Tokens of an identity provider: which are taken, whom they make of their bearers, and what strangers can do.</summary>
public sealed class OidcTests(WebCluster cluster)
{
    private Task<GuardedWeb> Web(IdentityProvider provider, TimeProvider? time = null, Func<OidcSettings, OidcSettings>? change = null)
    {
        var settings = new OidcSettings(new Uri(provider.Issuer), IdentityProvider.Audience);
        return GuardedWeb.Start(cluster.Cluster.Client, time, oidc: change?.Invoke(settings) ?? settings);
    }

    private static async Task<(HttpStatusCode Status, string Text)> Ask(GuardedWeb web, string token, string path = "/api/v1/whoami")
    {
        using var answer = await web.With(token).GetAsync(path);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_user_has_the_role_that_the_provider_gives()
    {
        await using var provider = await IdentityProvider.Start();
        await using var web = await Web(provider);
        foreach (var (roles, role) in new (JsonNode, string)[]
        {
            (new JsonArray("viewer"), "viewer"), ("submitter", "submitter"), (new JsonArray("something", "viewer", "operator", "submitter"), "operator"),
        })
        {
            var (status, text) = await Ask(web, provider.Token(("roles", roles)));
            Assert.Equal(HttpStatusCode.OK, status);
            using var who = JsonDocument.Parse(text);
            Assert.Equal(("oidc:ada", role), (who.RootElement.GetProperty("name").GetString(), who.RootElement.GetProperty("role").GetString()));
        }

        Assert.Equal(2, provider.Questions); // its description and its keys, once
        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(web, provider.Token(("roles", "submitter")), "/api/v1/tokens")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, provider.Token(("roles", "operator")), "/api/v1/tokens")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, await web.Make(GuardedWeb.NewName("own"), Role.Viewer))).Status); // the cluster's own are taken as before
    }

    [Fact]
    public async Task A_job_belongs_to_the_user_and_not_to_others_of_the_same_role()
    {
        await using var provider = await IdentityProvider.Start();
        await using var web = await Web(provider);
        var user = web.With(provider.Token());
        using var taken = await user.PostAsync("/api/v1/jobs", new StringContent(cluster.Blobs(epochs: 1_000_000, "oidc"), System.Text.Encoding.UTF8, "application/yaml"));
        Assert.True(taken.StatusCode == HttpStatusCode.Created, await taken.Content.ReadAsStringAsync());
        var job = (await taken.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("job").GetString()!;
        using var others = await web.With(provider.Token(("sub", "ben"))).PostAsync($"/api/v1/jobs/{job}/cancel", null);
        Assert.Equal(HttpStatusCode.Forbidden, others.StatusCode);
        using var own = await user.PostAsync($"/api/v1/jobs/{job}/cancel", null);
        Assert.True(own.IsSuccessStatusCode, await own.Content.ReadAsStringAsync());
        Assert.Contains("\"oidc:ada\"", await File.ReadAllTextAsync(Directory.GetFiles(web.Audit).Single()));
    }

    [Fact]
    public async Task Claims_are_named_as_the_provider_names_them()
    {
        await using var provider = await IdentityProvider.Start();
        await using var web = await Web(provider, change: s => s with
        {
            NameClaim = "email",
            RoleClaim = "realm_access.roles",
            Roles = OidcRoles.Parse("ml=submitter, ml-admins=operator")!,
        });
        JsonNode Access(params string[] roles) => new JsonObject { ["roles"] = new JsonArray([.. roles.Select(r => JsonValue.Create(r))]) };
        var (status, text) = await Ask(web, provider.Token(("email", "ada@example.org"), ("email_verified", true), ("realm_access", Access("ml", "other"))));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("oidc:ada@example.org", text);
        Assert.Contains("submitter", text);
        (status, text) = await Ask(web, provider.Token(("email", "ada@example.org"), ("email_verified", true), ("realm_access", Access("operator"))));
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("'ada@example.org' has no role here: the claim 'realm_access.roles' of the token has none of 'ml', 'ml-admins'", text.Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Ask(web, provider.Token(("realm_access", Access("ml"))))).Status); // no email
        Assert.Equal(HttpStatusCode.Unauthorized, (await Ask(web, provider.Token(("email", "ada@example.org"), ("email_verified", false), ("realm_access", Access("ml"))))).Status); // anybody's
    }

    public static TheoryData<string, string> Bad => new()
    {
        { "audience", "is not for the audience 'granary'" },
        { "no audience", "is not for the audience 'granary'" },
        { "issuer", "is not of the issuer" },
        { "expired", "has expired" },
        { "not yet", "is not good yet" },
        { "endless", "says not until when" },
        { "changed", "is not signed with a key of" },
        { "other key", "is not signed with a key of" },
        { "unknown key", "is not signed with a key of" },
        { "no signature", "the token" },
        { "none", "the token" },
        { "public key as a secret", "the token" },
        { "no name", "has no claim 'sub'" },
        { "line in name", "has no claim 'sub'" },
        { "blank name", "has no claim 'sub'" },
        { "name that turns text around", "has no claim 'sub'" },
        { "half a character as a role", "the token cannot be read" },
        { "extension", "the token cannot be read" },
        { "logout", "the token cannot be read" },
        { "no token", "the token" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task What_is_not_the_providers_or_not_for_this_cluster_is_refused(string what, string said)
    {
        await using var provider = await IdentityProvider.Start();
        await using var web = await Web(provider);
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = new JsonObject { ["alg"] = "RS256", ["kid"] = provider.KeyId };
        using var foreign = RSA.Create(2048);
        byte[] Foreign(byte[] text) => foreign.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var good = provider.Token();
        var token = what switch
        {
            "audience" => provider.Token(("aud", "another")),
            "no audience" => provider.Token(("aud", null)),
            "issuer" => provider.Token(("iss", "https://elsewhere.example")),
            "expired" => provider.Token(("nbf", now - 600), ("exp", now - 60)),
            "not yet" => provider.Token(("nbf", now + 300)),
            "endless" => provider.Token(("exp", null)),
            "changed" => $"{good.Split('.')[0]}.{provider.Token(("roles", "operator")).Split('.')[1]}.{good.Split('.')[2]}",
            "other key" => IdentityProvider.Token(provider.Claims(), header, Foreign),
            "unknown key" => IdentityProvider.Token(provider.Claims(), new JsonObject { ["alg"] = "RS256", ["kid"] = "whose" }, Foreign),
            "no signature" => IdentityProvider.Token(provider.Claims(), header, _ => []),
            "none" => IdentityProvider.Token(provider.Claims(), new JsonObject { ["alg"] = "none" }, _ => []),
            "public key as a secret" => IdentityProvider.Token(
                provider.Claims(), new JsonObject { ["alg"] = "HS256", ["kid"] = provider.KeyId }, text => HMACSHA256.HashData(provider.Key.ExportSubjectPublicKeyInfo(), text)),
            "no name" => provider.Token(("sub", null)),
            "line in name" => provider.Token(("sub", "ada\nben")),
            "blank name" => provider.Token(("sub", " ")),
            "name that turns text around" => provider.Token(("sub", "ada\u202eneb")),
            "half a character as a role" => provider.Raw(provider.Claims().ToJsonString().Replace("\"submitter\"", "\"\\ud800\"", StringComparison.Ordinal)),
            "extension" => IdentityProvider.Token(provider.Claims(), new JsonObject { ["alg"] = "RS256", ["kid"] = provider.KeyId, ["crit"] = new JsonArray("b64"), ["b64"] = true }, provider.Sign),
            "logout" => IdentityProvider.Token(provider.Claims(), new JsonObject { ["alg"] = "RS256", ["kid"] = provider.KeyId, ["typ"] = "logout+jwt" }, provider.Sign),
            _ => "a.b.c",
        };
        var (status, text) = await Ask(web, token);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains(said, text.Replace("\\u0027", "'", StringComparison.Ordinal));
        Assert.DoesNotContain(token, text);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, good)).Status);
    }

    [Fact]
    public async Task A_new_key_of_the_provider_is_asked_for_and_strangers_cost_it_nothing()
    {
        await using var provider = await IdentityProvider.Start();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var web = await Web(provider, time);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, provider.Token())).Status);
        provider.ChangeKey("second");
        var token = provider.Token();
        Assert.Equal(HttpStatusCode.Unauthorized, (await Ask(web, token)).Status); // it was asked just now
        time.Advance(OidcProvider.Between);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, token)).Status);
        var asked = provider.Questions;
        time.Advance(OidcProvider.Between);
        using var foreign = RSA.Create(2048);
        for (var i = 0; i < 20; i++)
        {
            var strange = IdentityProvider.Token(
                provider.Claims(), new JsonObject { ["alg"] = "RS256", ["kid"] = $"strange-{i}" }, t => foreign.SignData(t, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
            Assert.Equal(HttpStatusCode.Unauthorized, (await Ask(web, strange)).Status);
        }

        Assert.Equal(asked + 2, provider.Questions);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_named_and_what_it_said_last_counts()
    {
        await using var provider = await IdentityProvider.Start();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var web = await Web(provider, time);
        provider.IsUp = false;
        var (status, text) = await Ask(web, provider.Token());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("the identity provider cannot be asked: the log of this silo says why", text);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, GuardedWeb.Key)).Status);
        provider.IsUp = true;
        time.Advance(OidcProvider.Between);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, provider.Token())).Status);
        provider.IsUp = false;
        time.Advance(OidcProvider.Age);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, provider.Token(("exp", time.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds())))).Status);
    }

    // A provider may give every key the same name.
    [Fact]
    public async Task A_new_key_of_an_old_name_is_asked_for_too()
    {
        await using var provider = await IdentityProvider.Start();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var web = await Web(provider, time);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, provider.Token())).Status);
        provider.ChangeKey(provider.KeyId);
        time.Advance(OidcProvider.Between);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, provider.Token())).Status);
    }

    [Fact]
    public async Task While_the_provider_hangs_those_whose_keys_are_known_do_not_wait()
    {
        await using var provider = await IdentityProvider.Start();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var web = await Web(provider, time);
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, provider.Token())).Status);
        var hanging = new TaskCompletionSource();
        provider.Hangs = hanging.Task;
        time.Advance(OidcProvider.Age);
        using var foreign = RSA.Create(2048);
        var stranger = Ask(web, IdentityProvider.Token(
            provider.Claims(("exp", time.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds())), new JsonObject { ["alg"] = "RS256", ["kid"] = "whose" }, t => foreign.SignData(t, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        Assert.Equal(HttpStatusCode.OK, (await Ask(web, provider.Token(("exp", time.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds())))).Status);
        Assert.False(stranger.IsCompleted);
        hanging.SetResult();
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger).Status);
    }

    [Fact]
    public async Task What_a_proxy_answers_in_the_providers_place_is_told_to_nobody()
    {
        await using var provider = await IdentityProvider.Start();
        provider.Page = "<html>secret of the proxy</html>";
        await using var web = await Web(provider);
        var (status, text) = await Ask(web, provider.Token());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.DoesNotContain("secret", text);
        Assert.DoesNotContain("IDX", text);
    }

    [Fact]
    public async Task Who_speaks_for_another_issuer_is_not_believed()
    {
        await using var provider = await IdentityProvider.Start();
        provider.SpeaksFor = "https://elsewhere.example";
        await using var web = await Web(provider);
        var (status, text) = await Ask(web, provider.Token());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("cannot be asked", text);
    }

    [Theory]
    [InlineData("ml=submitter", true)]
    [InlineData("a=b=viewer , c=operator", true)]
    [InlineData("ml", false)]
    [InlineData("ml=king", false)]
    [InlineData("=viewer", false)]
    [InlineData("ml=viewer,ml=operator", false)]
    [InlineData("", false)]
    public void Roles_are_read(string text, bool isGood) => Assert.Equal(isGood, OidcRoles.Parse(text) is not null);
}
