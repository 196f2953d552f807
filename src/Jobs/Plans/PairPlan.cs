namespace Granary.Jobs;

/// <summary>The (centre, context) pairs of a run of n words, numbered without listing them: centre by centre, each with the
/// words at most k places away, before it and then after it.</summary>
/// <param name="words">n, the length of the run.</param>
/// <param name="window">k, at least 1.</param>
public sealed class PairPlan(long words, int window)
{
    /// <summary>Number of pairs: 2 sum_i min(i, k), for each pair of places counts from both ends.</summary>
    public long Count { get; } = 2 * Left(words, window);

    /// <summary>The places in the run of a pair's centre and context.</summary>
    public (long Centre, long Context) Of(long pair)
    {
        // The last centre that no more than `pair` pairs stand before.
        long centre = 0, end = words;
        while (end - centre > 1)
        {
            var middle = centre + ((end - centre) / 2);
            (centre, end) = Before(middle) <= pair ? (middle, end) : (centre, middle);
        }

        var context = Math.Max(0, centre - window) + pair - Before(centre);
        return (centre, context < centre ? context : context + 1);
    }

    // Pairs whose centre stands before i: sum over c < i of min(c, k) + min(n - 1 - c, k).
    private long Before(long i) => Left(i, window) + Left(words, window) - Left(words - i, window);

    // sum over c < i of min(c, k).
    private static long Left(long i, long k) => i <= k + 1 ? i * (i - 1) / 2 : (k * (k + 1) / 2) + ((i - k - 1) * k);
}
