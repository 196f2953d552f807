namespace Granary.Grains.TensorBoard;

/// <summary>How a parameter's weights are spread. Eight buckets for each power of two, by the leading bits of a float32; magnitudes below
/// 2^-40 share one bucket for each sign.</summary>
internal sealed class WeightHistogram
{
    private const int Shift = 20; // of the 23 bits of a fraction three are left
    private const int Smallest = (127 - 40) << 3; // 2^-40
    private const int Infinite = 255 << 3;
    private const int PerSign = Infinite - Smallest + 1;

    private readonly long[] _buckets = new long[2 * PerSign]; // the negative ones, from the greatest magnitude on, then the others

    /// <summary>The least weight.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>The greatest.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>How many there are; those that are not finite do not count.</summary>
    public long Count { get; private set; }

    /// <summary>Their sum.</summary>
    public double Sum { get; private set; }

    /// <summary>Sum of their squares.</summary>
    public double SumSquares { get; private set; }

    /// <summary>Takes a weight in.</summary>
    public void Add(float weight)
    {
        if (!float.IsFinite(weight))
        {
            return;
        }

        _buckets[Bucket(weight)]++;
        Min = Math.Min(Min, weight);
        Max = Math.Max(Max, weight);
        Count++;
        Sum += weight;
        SumSquares += (double)weight * weight;
    }

    /// <summary>Upper bounds (exclusive) and counts of the buckets between the first and the last that hold something; of neighbours that
    /// hold nothing one is left.</summary>
    public (IReadOnlyList<double> Limits, IReadOnlyList<double> Counts) Buckets()
    {
        List<double> limits = [], counts = [];
        var (first, last) = (Array.FindIndex(_buckets, b => b > 0), Array.FindLastIndex(_buckets, b => b > 0));
        for (var i = Math.Max(first, 0); i <= last; i++)
        {
            if (_buckets[i] > 0 || _buckets[i + 1] > 0)
            {
                limits.Add(Limit(i));
                counts.Add(_buckets[i]);
            }
        }

        return (limits, counts);
    }

    // [lo, hi) of a weight that is not negative, [-hi, -lo) of one that is.
    private static int Bucket(float weight)
    {
        var bits = BitConverter.SingleToUInt32Bits(Math.Abs(weight));
        return weight < 0 ? PerSign - 1 - Place(bits - 1) : PerSign + Place(bits);
    }

    private static int Place(uint bits) => Math.Max(0, (int)(bits >> Shift) - Smallest + 1);

    private static double Limit(int bucket) => bucket < PerSign ? -Lower(PerSign - 1 - bucket) : Lower(bucket - PerSign + 1);

    private static double Lower(int place) => place == 0 ? 0
        : place + Smallest - 1 < Infinite ? BitConverter.UInt32BitsToSingle((uint)(place + Smallest - 1) << Shift)
        : double.MaxValue;
}
