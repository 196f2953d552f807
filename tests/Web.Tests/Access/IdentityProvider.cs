using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Web.Tests.Access;

/// <summary>An OpenID Connect provider as the standards describe it: its description, its keys, and tokens put together by hand (RFC 7515, 7517, 7519).</summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    private readonly WebApplication _app;

    private IdentityProvider(WebApplication app) => _app = app;

    public const string Audience = "granary";

    public string Issuer => _app.Urls.Single();

    /// <summary>The key that it signs with; others that it has had are gone.</summary>
    public RSA Key { get; private set; } = RSA.Create(2048);

    public string KeyId { get; private set; } = "first";

    /// <summary>Whether it answers.</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>What it answers instead of anything else; null: what it should.</summary>
    public string? Page { get; set; }

    /// <summary>Answers wait for this.</summary>
    public Task Hangs { get; set; } = Task.CompletedTask;

    /// <summary>Whom its description speaks for; null: itself.</summary>
    public string? SpeaksFor { get; set; }

    public int Questions => _questions;

    private int _questions;

    public static async Task<IdentityProvider> Start()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var provider = new IdentityProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => provider.Answer(new JsonObject { ["issuer"] = provider.SpeaksFor ?? provider.Issuer, ["jwks_uri"] = provider.Issuer + "/keys" }));
        app.MapGet("/keys", () => provider.Answer(provider.Keys()));
        await app.StartAsync();
        return provider;
    }

    /// <summary>From now on it signs with another key, and knows no more of the one before.</summary>
    public void ChangeKey(string id)
    {
        Key.Dispose();
        (Key, KeyId) = (RSA.Create(2048), id);
    }

    /// <summary>Claims of a good token; null takes one away.</summary>
    public JsonObject Claims(params (string Name, JsonNode? Value)[] changed)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new JsonObject { ["iss"] = Issuer, ["aud"] = Audience, ["sub"] = "ada", ["nbf"] = now - 10, ["exp"] = now + 600, ["roles"] = new JsonArray("submitter") };
        foreach (var (name, value) in changed)
        {
            claims.Remove(name);
            if (value is not null)
            {
                claims[name] = value;
            }
        }

        return claims;
    }

    /// <summary>A token of these claims.</summary>
    public string Token(params (string Name, JsonNode? Value)[] changed) => Token(Claims(changed), new JsonObject { ["alg"] = "RS256", ["kid"] = KeyId, ["typ"] = "JWT" }, Sign);

    /// <summary>A token whose claims are a text.</summary>
    public string Raw(string claims) => Token(Encoding.UTF8.GetBytes(claims), new JsonObject { ["alg"] = "RS256", ["kid"] = KeyId }, Sign);

    /// <summary>A token with any header, signed by whatever signs.</summary>
    public static string Token(JsonObject claims, JsonObject header, Func<byte[], byte[]> sign) => Token(JsonSerializer.SerializeToUtf8Bytes(claims), header, sign);

    private static string Token(byte[] claims, JsonObject header, Func<byte[], byte[]> sign)
    {
        var signed = $"{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(header))}.{Base64Url.EncodeToString(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public byte[] Sign(byte[] text) => Key.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private async Task<IResult> Answer(JsonNode what)
    {
        Interlocked.Increment(ref _questions);
        await Hangs;
        return Page is { } page ? Results.Text(page, "text/html")
            : IsUp ? Results.Text(what.ToJsonString(), "application/json") : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }

    private JsonObject Keys()
    {
        var key = Key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = KeyId,
                ["n"] = Base64Url.EncodeToString(key.Modulus),
                ["e"] = Base64Url.EncodeToString(key.Exponent),
            }),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Key.Dispose();
    }
}
