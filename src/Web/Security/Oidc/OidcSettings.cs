using Granary.Contracts;

namespace Granary.Web.Security;

/// <summary>An OpenID Connect provider whose tokens a silo's server takes besides the cluster's own.</summary>
/// <param name="Issuer">The provider, as its tokens name it: its settings are read below it, at .well-known/openid-configuration.</param>
/// <param name="Audience">What tokens must be issued for.</param>
public sealed record OidcSettings(Uri Issuer, string Audience)
{
    /// <summary>Whether a text is the issuer's name.</summary>
    public bool Names(string? issuer) => Uri.TryCreate(issuer, UriKind.Absolute, out var other) && other.AbsoluteUri.TrimEnd('/') == Issuer.AbsoluteUri.TrimEnd('/');

    /// <summary>The claim that users are known by, which the provider must give to one user alone, and no user can change.</summary>
    public string NameClaim { get; init; } = "sub";

    /// <summary>The claim that says what they may do: a text or a list of texts; dots lead into objects.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>Which of its values are which role. The highest counts.</summary>
    public IReadOnlyDictionary<string, Role> Roles { get; init; } = OidcRoles.Own;
}
