using System.Numerics;

namespace Granary.Jobs.Tests.Columns;

/// <summary>Sums without rounding, against whole numbers of any size.</summary>
public class WideSumTests
{
    private static readonly double[] Odd =
        [double.Epsilon, -double.Epsilon, double.MaxValue, -double.MaxValue, 1, -1, 1e-310, 0.1, -0.1, 1e16, 1, -0.0, 4.9e-300, Math.PI, 1 << 30, double.BitDecrement(1)];

    // A double is a whole number of the least subnormal.
    private static BigInteger Units(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var (exponent, fraction) = ((int)(bits >> 52) & 0x7ff, bits & 0xfffffffffffff);
        var size = exponent == 0 ? fraction : (BigInteger)(fraction | (1L << 52)) << (exponent - 1);
        return bits < 0 ? -size : size;
    }

    private static IEnumerable<double> Random(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var x = BitConverter.Int64BitsToDouble(random.NextInt64());
            yield return double.IsFinite(x) ? random.Next(2) == 0 ? x : -x : 0;
        }
    }

    private static WideSum Of(IEnumerable<double> numbers, bool squares = false)
    {
        var sum = new WideSum();
        foreach (var x in numbers)
        {
            if (squares)
            {
                sum.AddSquare(x);
            }
            else
            {
                sum.Add(x);
            }
        }

        return sum;
    }

    private static BigInteger Whole(BinaryNumber number, int unit) => new BigInteger(number.Whole) << (number.Exponent - unit);

    [Fact]
    public void A_sum_is_the_sum()
    {
        double[] numbers = [.. Odd, .. Random(2000, 1)];
        Assert.Equal(numbers.Aggregate(BigInteger.Zero, (a, x) => a + Units(x)), Whole(Of(numbers).Value, -1074));
        Assert.Equal(numbers.Aggregate(BigInteger.Zero, (a, x) => a + (Units(x) * Units(x))), Whole(Of(numbers, squares: true).Value, -2148));
        Assert.True(Of(Odd.Concat(Odd.Select(x => -x))).Value.IsZero());
    }

    [Fact]
    public void Parts_add_up_to_the_same_in_any_order_and_cut()
    {
        double[] numbers = [.. Odd, .. Random(500, 2)];
        var whole = Of(numbers).Value;
        foreach (var parts in new[] { 2, 3, 7 })
        {
            var sums = Enumerable.Reverse(numbers).Chunk((numbers.Length / parts) + 1).Select(part => Of(part).Value).ToArray();
            Assert.Equal(whole.Over(3), sums.Aggregate((a, b) => a.Plus(b)).Over(3));
            Assert.Equal(whole.Over(3), Enumerable.Reverse(sums).Aggregate((a, b) => a.Plus(b)).Over(3));
        }
    }

    [Fact]
    public void A_quotient_is_rounded_once_to_the_nearest_double()
    {
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var (a, b, n) = (random.NextInt64(), random.NextInt64(), random.Next(1, 1 << 20));
            var number = Of([a, b * 1e-9]).Value;
            var quotient = number.Over(n);

            // The error, as a fraction, is at most half the distance to the doubles next to it.
            var exact = Whole(number, -1074);
            BigInteger Off(double x) => BigInteger.Abs((Units(x) * n) - exact);
            Assert.True(Off(quotient) <= Off(double.BitIncrement(quotient)));
            Assert.True(Off(quotient) <= Off(double.BitDecrement(quotient)));
            Assert.Equal(-quotient, number.Times(-1).Over(n));
        }

        Assert.Equal(0.1, BinaryNumber.Of(0.1).Over(1));
        Assert.Equal(1.0 / 3, BinaryNumber.Of(1.0).Over(3));
        Assert.Equal(0, BinaryNumber.Zero.Over(5));
    }

    [Fact]
    public void More_additions_than_a_digit_could_hold_without_a_carry_are_right()
    {
        var sum = new WideSum();
        for (var i = 0; i < 200_000; i++)
        {
            sum.Add(uint.MaxValue);
            sum.Add(-1);
        }

        Assert.Equal(200_000.0 * (uint.MaxValue - 1), sum.Value.Over(1));
    }

    [Fact]
    public void More_squares_than_are_gathered_at_once_are_right()
    {
        const int Count = (1 << 21) + 5;
        var (sum, x) = (new WideSum(), Math.BitDecrement(2.0));
        for (var i = 0; i < Count; i++)
        {
            sum.AddSquare(x);
        }

        Assert.Equal(Units(x) * Units(x) * Count, Whole(sum.Value, -2148));
    }
}
