using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Granary.Web.Security;

/// <summary>Finds out who is behind a token of an OpenID Connect provider: signed by it, for this cluster, and of this time. Nothing is kept of it.</summary>
/// <param name="settings">The provider.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told why the provider cannot be asked.</param>
internal sealed class OidcTokens(OidcSettings settings, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Begins the names of users, which no token of the cluster's own can have.</summary>
    public const string Prefix = "oidc:";

    /// <summary>Characters of the longest token that is looked at.</summary>
    public const int Longest = 8192;

    private const int LongestName = 128;
    private const string Email = "email";

    private static readonly TokenRefusal Unreadable = new(TokenFailure.NotGood, "the token cannot be read");

    // Of clocks of other machines.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    // With keys of two parts alone: what is public must not be good for signing.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private static readonly string[] Types = ["", "JWT", "at+jwt", "application/at+jwt"];

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = Longest };
    private readonly OidcProvider _provider = new(settings, time, logger);

    /// <summary>Whether a text may be such a token, by its form.</summary>
    public static bool IsOne(string token) => token.Length <= Longest && token.AsSpan().Count('.') == 2;

    /// <summary>Whoever is behind a token, or why nobody is.</summary>
    public async Task<(Caller? Caller, TokenRefusal Refusal)> Of(string token, CancellationToken cancellation)
    {
        try
        {
            var read = new JsonWebToken(token);
            if (!settings.Names(read.Issuer))
            {
                return (null, Why(new SecurityTokenInvalidIssuerException())); // that it says by itself: the provider need not be asked
            }

            if (!IsAccess(read))
            {
                return (null, Unreadable);
            }

            var provider = await _provider.Get(than: null, cancellation);
            var result = await Validate(token, provider);
            if (result.Exception is SecurityTokenInvalidSignatureException && await _provider.Get(than: provider, cancellation) is var newer && !ReferenceEquals(newer, provider))
            {
                result = await Validate(token, newer); // it signs with another key by now
            }

            return result.IsValid ? Behind((JsonWebToken)result.SecurityToken) : (null, Why(result.Exception));
        }
        catch (OidcSilentException e)
        {
            return (null, new TokenRefusal(TokenFailure.CannotBeChecked, e.Message));
        }
        catch (Exception e) when (e is ArgumentException or JsonException or InvalidOperationException or FormatException or SecurityTokenException)
        {
            return (null, Unreadable);
        }
    }

    // No other kind of token that a provider signs, and none with an extension that would have to be understood.
    private static bool IsAccess(JsonWebToken token) => !token.TryGetHeaderValue<object>("crit", out _) && Types.Contains(token.Typ ?? "", StringComparer.OrdinalIgnoreCase);

    private Task<TokenValidationResult> Validate(string token, OpenIdConnectConfiguration provider) => _handler.ValidateTokenAsync(token, new TokenValidationParameters
    {
        ValidIssuer = provider.Issuer,
        ValidAudience = settings.Audience,
        IssuerSigningKeys = provider.SigningKeys,
        ValidAlgorithms = Algorithms,
        LifetimeValidator = IsOfNow,
    });

    private bool IsOfNow(DateTime? from, DateTime? to, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return to is null || to > now - Skew ? to is not null && !(from > now + Skew) : throw new SecurityTokenExpiredException();
    }

    private (Caller?, TokenRefusal) Behind(JsonWebToken token)
    {
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.EncodedPayload));
        if (OidcClaims.Texts(payload.RootElement, settings.NameClaim) is not [var name] || !IsName(name))
        {
            return (null, new TokenRefusal(TokenFailure.NotGood, $"the token has no claim '{settings.NameClaim}' (--oidc-name-claim), a text of 1 to {LongestName} visible characters"));
        }

        // Whoever may write what they like there would be whom they like.
        if ((settings.NameClaim == Email || settings.NameClaim.EndsWith("." + Email, StringComparison.Ordinal)) && !(payload.RootElement.TryGetProperty("email_verified", out var verified) && verified.ValueKind == JsonValueKind.True))
        {
            return (null, new TokenRefusal(TokenFailure.NotGood, "the provider does not say that it has verified the claim 'email' (email_verified)"));
        }

        return OidcRoles.Highest(settings.Roles, OidcClaims.Texts(payload.RootElement, settings.RoleClaim)) is { } role
            ? (new Caller(Prefix + name, role), default)
            : (null, new TokenRefusal(
                TokenFailure.NoRole, $"'{name}' has no role here: the claim '{settings.RoleClaim}' of the token has none of {string.Join(", ", settings.Roles.Select(r => $"'{r.Key}'"))}. The identity provider gives them"));
    }

    // Plain: nothing that turns a line of a log around, or that nobody sees.
    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && !char.IsWhiteSpace(name[0]) && !char.IsWhiteSpace(name[^1])
        && name.All(c => !char.IsControl(c) && char.GetUnicodeCategory(c) is not (UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));

    // The library's messages name keys and claims, which are not to be told to strangers.
    private TokenRefusal Why(Exception error) => error switch
    {
        SecurityTokenExpiredException => new(TokenFailure.Expired),
        SecurityTokenInvalidAudienceException => new(TokenFailure.NotGood, $"the token is not for the audience '{settings.Audience}'"),
        SecurityTokenInvalidIssuerException => new(TokenFailure.NotGood, $"the token is not of the issuer {settings.Issuer}"),
        SecurityTokenInvalidSignatureException => new(TokenFailure.NotGood, $"the token is not signed with a key of {settings.Issuer}"),
        SecurityTokenInvalidLifetimeException => new(TokenFailure.NotGood, "the token is not good yet, or says not until when"),
        _ => Unreadable,
    };

    /// <inheritdoc/>
    public void Dispose() => _provider.Dispose();
}
