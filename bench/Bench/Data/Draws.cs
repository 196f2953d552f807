namespace Granary.Bench.Data;

/// <summary>Random numbers of the distributions that the laws of generated tables need. A seed gives the same numbers everywhere.</summary>
/// <param name="seed">What they follow from.</param>
internal sealed class Draws(int seed)
{
    // Above it a sum of smaller ones is drawn: e^-mean would be too small a number.
    private const double GreatMean = 30;

    private readonly Random _random = new(seed);

    /// <summary>From 0 to below 1.</summary>
    public double Uniform() => _random.NextDouble();

    /// <summary>Whether something of this probability happens.</summary>
    public bool Happens(double probability) => _random.NextDouble() < probability;

    /// <summary>A whole number from 0 to below a bound, all as likely.</summary>
    public int Below(int bound) => _random.Next(bound);

    /// <summary>Mean 0, deviation 1 (Box and Muller, 1958).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>A count of this mean (Knuth, 1969).</summary>
    public int Poisson(double mean)
    {
        var count = 0;
        for (; mean > GreatMean; mean -= GreatMean)
        {
            count += Small(GreatMean);
        }

        return count + Small(mean);
    }

    private int Small(double mean)
    {
        var (count, product, least) = (0, _random.NextDouble(), Math.Exp(-mean));
        for (; product > least; product *= _random.NextDouble())
        {
            count++;
        }

        return count;
    }
}
