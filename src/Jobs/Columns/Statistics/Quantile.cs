namespace Granary.Jobs;

/// <summary>A quantile of n numbers in order, between two of them where it falls between (the usual one of numpy and scikit-learn).</summary>
/// <param name="Below">The place of the number below, from 0.</param>
/// <param name="Above">The place of the number above.</param>
/// <param name="Part">How far it lies from the one below to the one above, in [0, 1).</param>
internal readonly record struct Quantile(long Below, long Above, double Part)
{
    /// <param name="n">Numbers, at least 1.</param>
    /// <param name="q">The share of them that lies below.</param>
    public static Quantile Of(long n, double q)
    {
        var place = (n - 1) * q;
        var below = (long)Math.Floor(place);
        return new Quantile(below, Math.Min(below + 1, n - 1), place - below);
    }

    /// <summary>The quantile, by the two numbers.</summary>
    // From the nearer end: then a quantile of equal numbers is this number, and quantiles rise as their shares do.
    public double Between(double below, double above) => Part < 0.5 ? below + ((above - below) * Part) : above - ((above - below) * (1 - Part));
}
