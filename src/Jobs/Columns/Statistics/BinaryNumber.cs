using System.Numerics;

namespace Granary.Jobs;

/// <summary>A whole number times a power of two, without rounding: what a sum of doubles is.</summary>
/// <param name="Whole">The whole number, in two's complement, the lowest byte first.</param>
/// <param name="Exponent">The power of two.</param>
public sealed record BinaryNumber(byte[] Whole, int Exponent)
{
    private const int Kept = 64; // bits before the last rounding, of which a double takes 53

    /// <summary>0.</summary>
    public static BinaryNumber Zero { get; } = Of(BigInteger.Zero, 0);

    private BigInteger Integer => new(Whole);

    /// <summary>A double, as it is.</summary>
    public static BinaryNumber Of(double x)
    {
        var (mantissa, exponent) = WideSum.Parts(x);
        return Of(double.IsNegative(x) ? -(BigInteger)mantissa : mantissa, exponent);
    }

    /// <summary>A whole number times a power of two.</summary>
    public static BinaryNumber Of(BigInteger whole, int exponent) => new(whole.ToByteArray(), exponent);

    /// <summary>The sum.</summary>
    public BinaryNumber Plus(BinaryNumber other)
    {
        var exponent = Math.Min(Exponent, other.Exponent);
        return Of((Integer << (Exponent - exponent)) + (other.Integer << (other.Exponent - exponent)), exponent);
    }

    /// <summary>The product.</summary>
    public BinaryNumber Times(BinaryNumber other) => Of(Integer * other.Integer, Exponent + other.Exponent);

    /// <summary>So many times as much.</summary>
    public BinaryNumber Times(long count) => Of(Integer * count, Exponent);

    /// <summary>Whether it is 0.</summary>
    public bool IsZero() => Integer.IsZero;

    /// <summary>The double next to this divided by a count: rounded once.</summary>
    /// <param name="count">Above 0.</param>
    public double Over(BigInteger count)
    {
        var (whole, exponent) = (BigInteger.Abs(Integer), Exponent);
        if (whole.IsZero)
        {
            return 0;
        }

        // So many bits in front that the quotient has 64 of them; what is cut off behind counts as "a little more".
        var shift = (int)(Kept + count.GetBitLength() - whole.GetBitLength() + 1);
        var quotient = BigInteger.DivRem(shift >= 0 ? whole << shift : whole, shift >= 0 ? count : count << -shift, out var rest);
        exponent -= shift;
        var cut = (int)Math.Max(0, quotient.GetBitLength() - Kept);
        var kept = quotient >> cut;
        var isMore = !rest.IsZero || (kept << cut) != quotient;
        var size = Math.ScaleB((double)((ulong)kept | (isMore ? 1UL : 0)), exponent + cut);
        return Integer.Sign < 0 ? -size : size;
    }
}
