namespace Granary.Jobs;

/// <summary>How many rows of each stratum belong to each part of a split.</summary>
internal static class StratumSizes
{
    /// <summary>Of a fraction: with A rows in the strata before, a stratum of n rows gives floor(f (A + n)) - floor(f A), so that each is within one row of
    /// its share and all together are floor(f N); but never its last row.</summary>
    /// <param name="fraction">f.</param>
    /// <param name="rows">Rows of each stratum.</param>
    public static long[] Held(decimal fraction, IReadOnlyList<long> rows)
    {
        var held = new long[rows.Count];
        long before = 0;
        for (var s = 0; s < held.Length; s++)
        {
            var share = (long)(decimal.Floor(fraction * (before + rows[s])) - decimal.Floor(fraction * before));
            held[s] = Math.Min(share, Math.Max(0, rows[s] - 1));
            before += rows[s];
        }

        return held;
    }

    /// <summary>Of k folds: rows are dealt like cards, stratum after stratum, so that folds differ by one row at the most, in each stratum and in all.</summary>
    /// <param name="folds">k.</param>
    /// <param name="rows">Rows of each stratum.</param>
    /// <returns>[stratum][fold].</returns>
    public static long[][] Folds(int folds, IReadOnlyList<long> rows)
    {
        var (sizes, before) = (new long[rows.Count][], 0L);
        for (var s = 0; s < sizes.Length; s++)
        {
            var (first, end) = (before, before + rows[s]);
            sizes[s] = [.. Enumerable.Range(0, folds).Select(fold => Dealt(end, fold, folds) - Dealt(first, fold, folds))];
            before = end;
        }

        return sizes;
    }

    // How many of the numbers below an end leave a remainder.
    private static long Dealt(long end, int remainder, int by) => (end + by - 1 - remainder) / by;
}
