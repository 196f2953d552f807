namespace Granary.Jobs;

/// <summary>
/// Numbers things that lie in a row, so that things of consecutive numbers lie evenly spread over it: from one to the next it goes on by about
/// the golden section of the row, around its end.
/// </summary>
/// <remarks>Multiples of the golden section, modulo 1, are the most evenly spread of their kind (Knuth, The Art of Computer
/// Programming 3, 6.4), for the quotients of its continued fraction are the smallest. A row has whole steps only, and one near the golden section
/// whose quotients are small too: no row has been found that has none with quotients up to 5 (Zaremba).</remarks>
internal readonly record struct SpreadOrder
{
    private const int GreatestQuotient = 5;
    private static readonly double GoldenSection = (Math.Sqrt(5) - 1) / 2;

    private readonly long _stride;
    private readonly long _back;

    /// <param name="items">How many things.</param>
    public SpreadOrder(int items)
    {
        Items = items;
        var wanted = (long)Math.Round(items * GoldenSection);
        (_stride, _back) = (1, 1); // one after the other, if ever there is a row without such a step
        for (var d = 0L; Math.Abs(d) < wanted; d = d > 0 ? -d : 1 - d)
        {
            if (Inverse(wanted + d, items) is { } back)
            {
                (_stride, _back) = (wanted + d, back);
                return;
            }
        }
    }

    /// <summary>How many things.</summary>
    public int Items { get; }

    /// <summary>The place of the thing of a number.</summary>
    public int Place(int item) => (int)(item * _stride % Items);

    /// <summary>The number of the thing at a place.</summary>
    public int ItemAt(int place) => (int)(place * _back % Items);

    // x with a x = 1 modulo m (Euclid's algorithm, extended); null: a and m have a common factor, or multiples of a lie in heaps.
    private static long? Inverse(long a, long m)
    {
        var (r, next) = (m, a % m);
        var (x, nextX) = (0L, 1L);
        while (next > 0)
        {
            var q = r / next;
            if (q > GreatestQuotient)
            {
                return null;
            }

            (r, next) = (next, r - (q * next));
            (x, nextX) = (nextX, x - (q * nextX));
        }

        return r != 1 ? null : x < 0 ? x + m : x;
    }
}
