using Granary.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Granary.Web.Security;

/// <summary>Why there is nobody behind a request.</summary>
internal enum TokenFailure
{
    /// <summary>It has no token.</summary>
    Missing,

    /// <summary>Nobody knows its token.</summary>
    Unknown,

    /// <summary>Its token has expired.</summary>
    Expired,

    /// <summary>Too many unknown tokens are being looked at.</summary>
    TooMany,

    /// <summary>It is no good token of the identity provider.</summary>
    NotGood,

    /// <summary>The identity provider gives its holder no role.</summary>
    NoRole,

    /// <summary>The identity provider cannot be asked.</summary>
    CannotBeChecked,
}

/// <summary>Why a token is refused.</summary>
/// <param name="Failure">The kind.</param>
/// <param name="Detail">More, as a clause; null: the kind says all.</param>
internal readonly record struct TokenRefusal(TokenFailure Failure, string? Detail = null);

/// <summary>Finds out who is behind a request: by the header Authorization, else by the cookie that the page keeps.</summary>
/// <param name="settings">How the server is served.</param>
/// <param name="tokens">The cluster's tokens.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told why an identity provider cannot be asked.</param>
internal sealed class Callers(WebSettings settings, TokenTable tokens, TimeProvider time, ILogger<Callers> logger) : IDisposable
{
    /// <summary>The cookie's name.</summary>
    public const string Cookie = "granary-token";

    private const string Scheme = "Bearer ";

    /// <summary>Requests whose tokens nobody knows, and that wait for the cluster to say so, at a time.</summary>
    public const int MostStrangers = 64;

    private const int MostWaiting = 1024; // for the cluster, whoever they are

    private readonly OidcTokens? _oidc = settings.Access.Oidc is { } provider ? new OidcTokens(provider, time, logger) : null;
    private readonly SemaphoreSlim _strangers = new(MostStrangers);
    private readonly SemaphoreSlim _waiting = new(MostWaiting);
    private readonly SemaphoreSlim _provided = new(MostWaiting);

    /// <summary>Whoever is behind a request; null: nobody, and why.</summary>
    public async Task<(Caller? Caller, TokenRefusal Refusal)> Of(HttpContext context)
    {
        if (!settings.Access.DemandsTokens)
        {
            return (Caller.Anybody, default);
        }

        if (TokenOf(context) is not { Length: > 0 } token)
        {
            return Refused(TokenFailure.Missing);
        }

        var isOidc = _oidc is not null && OidcTokens.IsOne(token);
        if (token.Length > TokenText.Longest && !isOidc)
        {
            return Refused(TokenFailure.Unknown);
        }

        var hash = TokenText.HashOf(token);
        Caller? key = null;
        foreach (var known in settings.Access.Keys)
        {
            key = TokenText.AreSame(known.Hash, hash) ? new Caller(known.Name, Role.Operator) : key;
        }

        return key is not null ? (key, default)
            : isOidc ? await Provided(token, context.RequestAborted)
            : await Kept(hash, context.RequestAborted);
    }

    /// <summary>The token that a request brings; null: none.</summary>
    public static string? TokenOf(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : context.Request.Cookies[Cookie];
    }

    private static (Caller?, TokenRefusal) Refused(TokenFailure failure) => (null, new TokenRefusal(failure));

    private async Task<(Caller?, TokenRefusal)> Kept(string hash, CancellationToken cancellation)
    {
        var (found, isAnswered) = await Within(_waiting, () => tokens.FindKnown(hash, cancellation));
        if (found is null && isAnswered)
        {
            (found, isAnswered) = await Within(_strangers, () => tokens.FindNew(hash, cancellation));
        }

        return !isAnswered ? Refused(TokenFailure.TooMany)
            : found is null ? Refused(TokenFailure.Unknown)
            : found.Expires <= time.GetUtcNow() ? Refused(TokenFailure.Expired)
            : (new Caller(found.Name, found.Role), default);
    }

    // Apart from the cluster's own tokens: whoever waits for the provider keeps none of those from being looked at.
    private async Task<(Caller?, TokenRefusal)> Provided(string token, CancellationToken cancellation)
    {
        var (found, isAnswered) = await Within(_provided, () => _oidc!.Of(token, cancellation));
        return isAnswered ? found : Refused(TokenFailure.TooMany);
    }

    // Nobody waits to wait.
    private static async Task<(T? Found, bool IsAnswered)> Within<T>(SemaphoreSlim room, Func<Task<T>> find)
    {
        if (!await room.WaitAsync(0, CancellationToken.None))
        {
            return (default, false);
        }

        try
        {
            return (await find(), true);
        }
        finally
        {
            room.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _oidc?.Dispose();
        _strangers.Dispose();
        _waiting.Dispose();
        _provided.Dispose();
    }
}
