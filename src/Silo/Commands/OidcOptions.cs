using System.CommandLine;
using Granary.Silo.Hosting;
using Granary.Web.Security;

namespace Granary.Silo.Commands;

/// <summary>Options that name the identity provider whose tokens the HTTP API takes.</summary>
internal sealed record OidcOptions(Option<string> Issuer, Option<string> Audience, Option<string> NameClaim, Option<string> RoleClaim, Option<string> Roles)
{
    private const string Sub = "sub";
    private const string RolesClaim = "roles";
    private const string OwnRoles = "viewer=viewer,submitter=submitter,operator=operator";

    public static OidcOptions Create() => new(
        SiloCommand.Setting("--oidc-issuer", "URL of an OpenID Connect provider: its tokens are taken besides those of granary token create.", ""),
        SiloCommand.Setting("--oidc-audience", "What its tokens must be issued for.", ""),
        SiloCommand.Setting("--oidc-name-claim", "The claim that users are known by, which must be one user's alone.", Sub),
        SiloCommand.Setting("--oidc-role-claim", "The claim with their roles or groups; dots lead into objects, as in realm_access.roles.", RolesClaim),
        SiloCommand.Setting("--oidc-roles", "Which of its values are which role: VALUE=ROLE, with commas between several.", OwnRoles));

    /// <summary>The provider that was given; null: none.</summary>
    /// <exception cref="SettingException">It cannot be used.</exception>
    public OidcSettings? Read(ParseResult result)
    {
        var (issuer, audience) = (result.GetValue(Issuer)!, result.GetValue(Audience)!);
        if (issuer.Length == 0)
        {
            return audience.Length == 0 && result.GetValue(NameClaim) == Sub && result.GetValue(RoleClaim) == RolesClaim && result.GetValue(Roles) == OwnRoles ? null
                : throw new SettingException("an option of --oidc is given, and no provider: say --oidc-issuer too.");
        }

        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var url) || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)) || url.Query.Length > 0 || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
        {
            throw new SettingException($"--oidc-issuer is '{issuer}', but must be the https:// URL that the provider's tokens name as their issuer, without user, password and query.");
        }

        if (audience.Length == 0)
        {
            throw new SettingException("--oidc-issuer needs --oidc-audience: else tokens that the provider has issued for other programs would be taken.");
        }

        if (result.GetValue(NameClaim)!.Length == 0 || result.GetValue(RoleClaim)!.Length == 0)
        {
            throw new SettingException("--oidc-name-claim and --oidc-role-claim must name claims of the provider's tokens.");
        }

        return new OidcSettings(url, audience)
        {
            NameClaim = result.GetValue(NameClaim)!,
            RoleClaim = result.GetValue(RoleClaim)!,
            Roles = OidcRoles.Parse(result.GetValue(Roles)!)
                ?? throw new SettingException($"--oidc-roles is '{result.GetValue(Roles)}', but must be VALUE=ROLE, with commas between several, and roles viewer, submitter or operator: ml-team=submitter,ml-admins=operator"),
        };
    }
}
