namespace Granary.Web.Api;

/// <summary>Who asks.</summary>
/// <param name="Name">Name of the token.</param>
/// <param name="Role">"viewer", "submitter" or "operator".</param>
/// <param name="HasToken">Whether it was asked for; false: this server asks for none.</param>
public sealed record CallerDocument(string Name, string Role, bool HasToken);

/// <summary>A token, without what it is.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Role">"viewer", "submitter" or "operator".</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">From when on it is worth nothing; null: never.</param>
/// <param name="By">Who has made it.</param>
public sealed record TokenDocument(string Name, string Role, DateTimeOffset Created, DateTimeOffset? Expires, string By);

/// <summary>A token that was just made.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Token">The token. It is shown this once.</param>
/// <param name="Role">"viewer", "submitter" or "operator".</param>
/// <param name="Expires">From when on it is worth nothing; null: never.</param>
public sealed record NewTokenDocument(string Name, string Token, string Role, DateTimeOffset? Expires);

/// <summary>A file that was uploaded.</summary>
/// <param name="Sha256">SHA-256 of its content.</param>
/// <param name="Path">What a job file calls it.</param>
/// <param name="Bytes">Its size.</param>
public sealed record UploadDocument(string Sha256, string Path, long Bytes);
