using System.Numerics;

namespace Granary.Jobs;

/// <summary>A sum of doubles, or of their squares, without any rounding: a number of 4,300 bits, enough for the square of every double. The order of the
/// additions does not matter, so that the sum is the same over any number of shards. What has the same exponent is added first, in one whole number of
/// 128 bits for each exponent (as in Neal's large superaccumulator, 2015).</summary>
public sealed class WideSum
{
    private const int Lowest = -2148; // the exponent of the least square's last bit
    private const int DigitBits = 32;
    private const int Digits = (2148 + 2048 + 128) / DigitBits;
    private const int Exponents = 1 << 11;
    private const int SquaresAtOnce = 1 << 21; // each is below 2^106: their sum stays below 2^127

    private readonly long[] _digits = new long[Digits];
    private Int128[]? _numbers; // by the exponent, as a double has it
    private UInt128[]? _squares;
    private int _squared;

    /// <summary>Adds a finite number.</summary>
    public void Add(double x)
    {
        var (mantissa, exponent) = Raw(x);
        (_numbers ??= new Int128[Exponents])[exponent] += double.IsNegative(x) ? -(Int128)mantissa : mantissa;
    }

    /// <summary>Adds the square of a finite number.</summary>
    public void AddSquare(double x)
    {
        var (mantissa, exponent) = Raw(x);
        (_squares ??= new UInt128[Exponents])[exponent] += (UInt128)mantissa * mantissa;
        if (++_squared == SquaresAtOnce)
        {
            Spread();
        }
    }

    /// <summary>The sum.</summary>
    public BinaryNumber Value
    {
        get
        {
            Spread();
            var first = Array.FindIndex(_digits, d => d != 0);
            var whole = BigInteger.Zero;
            for (var i = Digits - 1; i >= first && first >= 0; i--)
            {
                whole = (whole << DigitBits) + _digits[i];
            }

            return BinaryNumber.Of(whole, first < 0 ? 0 : Lowest + (first * DigitBits));
        }
    }

    /// <summary>A finite double without its sign, as a whole number below 2^53 and the exponent of 2 that it is multiplied with.</summary>
    internal static (ulong Mantissa, int Exponent) Parts(double x)
    {
        var (mantissa, exponent) = Raw(x);
        return (mantissa, Unbiased(exponent));
    }

    // The exponent as a double has it.
    private static (ulong Mantissa, int Exponent) Raw(double x)
    {
        var bits = BitConverter.DoubleToUInt64Bits(x);
        var (fraction, exponent) = (bits & ((1UL << 52) - 1), (int)(bits >> 52) & (Exponents - 1));
        return (exponent == 0 ? fraction : fraction | (1UL << 52), exponent);
    }

    private static int Unbiased(int exponent) => Math.Max(exponent, 1) - 1075;

    // Puts what stands apart by exponents into one number.
    private void Spread()
    {
        for (var e = 0; e < Exponents && _numbers is not null; e++)
        {
            if (_numbers[e] != 0)
            {
                Put((UInt128)Int128.Abs(_numbers[e]), Unbiased(e), _numbers[e] < 0);
                _numbers[e] = 0;
            }
        }

        for (var e = 0; e < Exponents && _squares is not null; e++)
        {
            if (_squares[e] != 0)
            {
                Put(_squares[e], 2 * Unbiased(e), false);
                _squares[e] = 0;
            }
        }

        _squared = 0;
    }

    private void Put(UInt128 whole, int exponent, bool isNegative)
    {
        Put((ulong)whole, exponent, isNegative);
        Put((ulong)(whole >> 64), exponent + 64, isNegative);
        for (var i = 0; i < Digits - 1; i++)
        {
            _digits[i + 1] += _digits[i] >> DigitBits;
            _digits[i] &= uint.MaxValue;
        }
    }

    private void Put(ulong whole, int exponent, bool isNegative)
    {
        if (whole == 0)
        {
            return;
        }

        var at = exponent - Lowest;
        var (digit, bits) = (at / DigitBits, (UInt128)whole << (at % DigitBits));
        for (; bits != 0; bits >>= DigitBits, digit++)
        {
            var part = (long)(uint)bits;
            _digits[digit] += isNegative ? -part : part;
        }
    }
}
