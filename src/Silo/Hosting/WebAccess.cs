using System.Globalization;
using System.Net;
using Granary.Web.Security;

namespace Granary.Silo.Hosting;

/// <summary>Who may ask this silo's HTTP server for what.</summary>
internal static class WebAccess
{
    /// <summary>--auth: tokens beyond the loopback, none on it.</summary>
    public const string Auto = "auto";

    /// <summary>--auth: tokens everywhere.</summary>
    public const string Tokens = "tokens";

    /// <summary>Name of the audit log's folder in the home.</summary>
    public const string AuditFolder = "audit";

    /// <summary>--auth: no tokens.</summary>
    public const string None = "none";

    /// <summary>The variable of a token that is an operator's from the start.</summary>
    public const string BootstrapVariable = "GRANARY_BOOTSTRAP_TOKEN";
    private const string BootstrapHolder = "bootstrap";
    private const int ShortestBootstrap = 32; // characters

    /// <summary>Whether every request needs a token. Plain rule.</summary>
    public static bool DemandsTokens(SiloSettings settings) =>
        settings.Auth == Tokens || (settings.Auth == Auto && !IPAddress.IsLoopback(settings.WebAddress));

    /// <summary>Refuses a server that strangers can reach and that asks them for nothing, unless its user has said that it may.</summary>
    /// <exception cref="SettingException">It is such a server.</exception>
    public static void Check(SiloSettings settings)
    {
        if (settings.Auth is not (Auto or Tokens or None))
        {
            throw new SettingException($"--auth is '{settings.Auth}', but must be one of {Auto}, {Tokens}, {None}.");
        }

        if (settings.WebPort is not null && settings.Auth == None && !settings.Insecure && !IPAddress.IsLoopback(settings.WebAddress))
        {
            throw new SettingException($"--auth is {None} and --web-address {settings.WebAddress}, which is not the loopback: whoever reaches it could submit jobs and read what they read. "
                + "Leave --auth out, and make tokens with granary token create; or say --insecure too.");
        }

        if (settings.Oidc is not null && !DemandsTokens(settings))
        {
            throw new SettingException("--oidc-issuer is given, and nobody is asked for tokens: say --auth tokens too.");
        }

        if (Environment.GetEnvironmentVariable(BootstrapVariable) is { Length: > 0 and < ShortestBootstrap })
        {
            throw new SettingException($"{BootstrapVariable} is shorter than {ShortestBootstrap} characters, and could be guessed. Make one with: openssl rand -hex 32");
        }
    }

    /// <summary>The access of this silo's server.</summary>
    /// <param name="settings">The silo's settings.</param>
    public static AccessSettings Of(SiloSettings settings) => new()
    {
        DemandsTokens = DemandsTokens(settings),
        Keys = DemandsTokens(settings) ? [HomeKey.Of(settings.Home), .. Bootstrap()] : [],
        Oidc = settings.Oidc,
        AuditFolder = AuditFolderOf(settings),
    };

    /// <summary>Where a silo's audit log is; null: it keeps none.</summary>
    public static string? AuditFolderOf(SiloSettings settings) => settings.TemporaryHome ? null : Path.Combine(settings.Home, AuditFolder);

    /// <summary>What to say at the start of a silo whose server strangers can reach; null: nothing.</summary>
    public static string? Warning(SiloSettings settings) => IPAddress.IsLoopback(settings.WebAddress) ? null
        : DemandsTokens(settings) ? null
        : string.Create(CultureInfo.InvariantCulture, $"page {settings.Name}: warning: insecure: whoever reaches {settings.WebAddress} can submit jobs, and through them have this silo's user read files and write folders");

    private static IEnumerable<FixedKey> Bootstrap() =>
        Environment.GetEnvironmentVariable(BootstrapVariable) is { Length: > 0 } token ? [new FixedKey(BootstrapHolder, TokenText.HashOf(token))] : [];
}
