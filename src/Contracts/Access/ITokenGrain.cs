using Orleans.Concurrency;

namespace Granary.Contracts;

/// <summary>The tokens of a cluster. Key: 0. Owns their names, roles and hashes, in grain storage: a silo that is lost takes none along. Calls nobody.
/// It knows no token: whoever makes one keeps it.</summary>
[Alias("granary.ITokenGrain")]
public interface ITokenGrain : IGrainWithIntegerKey
{
    /// <summary>Adds a token; those that have expired go. Doing so again with the same hash changes nothing.</summary>
    /// <returns>False where another token has that name.</returns>
    /// <exception cref="JobException">There are too many tokens.</exception>
    [Alias("Add")]
    Task<bool> Add(TokenRecord token);

    /// <summary>Every token that has not been revoked, by name; those that have expired too.</summary>
    [Alias("List"), AlwaysInterleave]
    Task<IReadOnlyList<TokenRecord>> List();

    /// <summary>Removes a token.</summary>
    /// <returns>False where there is none of that name.</returns>
    [Alias("Revoke")]
    Task<bool> Revoke(string name);
}

/// <summary>What a cluster keeps of a token.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Role">What its holder may do.</param>
/// <param name="Hash">SHA-256 of the token, as 64 lower-case hexadecimal digits.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">From when on it is worth nothing; null: never.</param>
/// <param name="By">Who has made it.</param>
[GenerateSerializer, Immutable, Alias("granary.TokenRecord")]
public sealed record TokenRecord(
    [property: Id(0)] string Name,
    [property: Id(1)] Role Role,
    [property: Id(2)] string Hash,
    [property: Id(3)] DateTimeOffset Created,
    [property: Id(4)] DateTimeOffset? Expires,
    [property: Id(5)] string By);
