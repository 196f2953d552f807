using Granary.Contracts;
using Granary.Web.Api;

namespace Granary.Web.Security;

/// <summary>The cluster's tokens, as this silo knows them: asked for when they are needed, and again once that is a second ago. So a token that is revoked is worth
/// nothing a second later, wherever it is shown. One that is not known may be new: then those are waited for that were asked for after the request came. Requests share
/// these questions, and they are 0.1 s apart, so that wrong tokens cost the cluster nothing.</summary>
/// <param name="calls">The cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class TokenTable(ClusterCalls calls, TimeProvider time)
{
    /// <summary>How long a token that was revoked may still be taken.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private readonly Lock _asking = new();
    private Task<IReadOnlyList<TokenRecord>>? _answer;
    private long _asked;

    /// <summary>The token of a hash, if it is one that is known already.</summary>
    /// <exception cref="ClusterSilentException">Nobody says which tokens there are.</exception>
    public async Task<TokenRecord?> FindKnown(string hash, CancellationToken cancellation) =>
        Find(hash, await Since(time.GetTimestamp() - (long)(Age.TotalSeconds * time.TimestampFrequency), cancellation));

    /// <summary>The token of a hash, if there is one, however new.</summary>
    /// <inheritdoc cref="FindKnown" path="/exception"/>
    public async Task<TokenRecord?> FindNew(string hash, CancellationToken cancellation) => Find(hash, await Since(time.GetTimestamp(), cancellation));

    // All of them are compared, whichever it is.
    private static TokenRecord? Find(string hash, IReadOnlyList<TokenRecord> tokens)
    {
        TokenRecord? found = null;
        foreach (var token in tokens)
        {
            found = TokenText.AreSame(token.Hash, hash) ? token : found;
        }

        return found;
    }

    private async Task<IReadOnlyList<TokenRecord>> Since(long moment, CancellationToken cancellation)
    {
        while (true)
        {
            Task<IReadOnlyList<TokenRecord>> answer;
            long asked;
            lock (_asking)
            {
                if (_answer is null || (_answer.IsCompleted && (!_answer.IsCompletedSuccessfully || (_asked < moment && time.GetElapsedTime(_asked) >= Between))))
                {
                    _asked = time.GetTimestamp();
                    _answer = calls.Ask(calls.Tokens.List, CancellationToken.None); // it is not only for the one who asks first
                }

                (answer, asked) = (_answer, _asked);
            }

            var tokens = await answer.WaitAsync(cancellation);
            if (asked >= moment)
            {
                return tokens;
            }

            await Task.Delay(Between, time, cancellation);
        }
    }
}
