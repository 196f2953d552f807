namespace Granary.Jobs;

/// <summary>Doubles as whole numbers of 64 bits in the same order.</summary>
public static class SortKey
{
    private const ulong Sign = 1UL << 63;

    /// <summary>Of a number that is no NaN; -0 and 0 have one key.</summary>
    public static ulong Of(double x)
    {
        var bits = BitConverter.DoubleToUInt64Bits(x + 0.0);
        return (bits & Sign) == 0 ? bits | Sign : ~bits;
    }

    /// <summary>The number of a key.</summary>
    public static double ToDouble(ulong key) => BitConverter.UInt64BitsToDouble((key & Sign) == 0 ? ~key : key & ~Sign);
}
