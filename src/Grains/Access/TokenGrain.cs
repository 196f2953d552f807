using Granary.Contracts;
using Granary.Jobs;
using Orleans.Placement;

namespace Granary.Grains.Access;

/// <summary>The stored state of the tokens.</summary>
[GenerateSerializer, Alias("granary.TokenState")]
internal sealed class TokenState
{
    /// <summary>Those that have not been revoked.</summary>
    [Id(0)] public List<TokenRecord> Tokens { get; set; } = [];
}

/// <summary>See <see cref="ITokenGrain"/>.</summary>
[KeepAlive, Immovable]
internal sealed class TokenGrain([PersistentState("tokens")] IPersistentState<TokenState> kept) : Grain, ITokenGrain
{
    private const int Most = 1000;

    /// <inheritdoc/>
    public async Task<bool> Add(TokenRecord token)
    {
        var now = DateTimeOffset.UtcNow;
        List<TokenRecord> living = [.. kept.State.Tokens.Where(t => t.Expires is not { } end || end > now)];
        if (living.Find(t => t.Name == token.Name) is { } there)
        {
            return there.Hash == token.Hash;
        }

        if (living.Count >= Most)
        {
            throw new JobException($"the cluster has {Most} tokens, which is the most that it keeps. Revoke some: granary token revoke NAME");
        }

        await Store([.. living, token]);
        return true;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<TokenRecord>> List() =>
        Task.FromResult<IReadOnlyList<TokenRecord>>([.. kept.State.Tokens.OrderBy(t => t.Name, StringComparer.Ordinal)]);

    /// <inheritdoc/>
    public async Task<bool> Revoke(string name)
    {
        if (!kept.State.Tokens.Exists(t => t.Name == name))
        {
            return false;
        }

        await Store([.. kept.State.Tokens.Where(t => t.Name != name)]);
        return true;
    }

    // A list is never changed, but replaced: it may be on its way to somebody. What could not be stored did not happen.
    private async Task Store(List<TokenRecord> tokens)
    {
        var before = kept.State.Tokens;
        kept.State.Tokens = tokens;
        try
        {
            await kept.WriteStateAsync();
        }
        catch
        {
            kept.State.Tokens = before;
            throw;
        }
    }
}
