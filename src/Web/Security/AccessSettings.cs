using Granary.Contracts;

namespace Granary.Web.Security;

/// <summary>A token that is no stored one: the key of a silo's home, or the one that the silo was started with. It is an operator's.</summary>
/// <param name="Name">What the audit log calls whoever has it.</param>
/// <param name="Hash">SHA-256 of it, as lower-case hexadecimal digits.</param>
public sealed record FixedKey(string Name, string Hash)
{
    /// <summary>Shows the command line of this machine that the silo has it; null: it is not shown.</summary>
    public KeyProof? Proof { get; init; }
}

/// <summary>Who may ask a silo's server for what.</summary>
public sealed record AccessSettings
{
    /// <summary>Whether every request needs a token. Else whoever reaches the server may do everything.</summary>
    public bool DemandsTokens { get; init; }

    /// <summary>Tokens besides those that the cluster keeps.</summary>
    public IReadOnlyList<FixedKey> Keys { get; init; } = [];

    /// <summary>The identity provider whose tokens are taken too; null: none.</summary>
    public OidcSettings? Oidc { get; init; }

    /// <summary>Folder of the audit log; null: none is kept.</summary>
    public string? AuditFolder { get; init; }
}
