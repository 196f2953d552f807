using System.Numerics;

namespace Granary.Jobs;

/// <summary>A sum of doubles, or of their squares, without any rounding: a number of 4,300 bits, enough for the square of every double. The order of the
/// additions does not matter, so that the sum is the same over any number of shards.</summary>
public sealed class WideSum
{
    private const int Lowest = -2148; // the exponent of the least square's last bit
    private const int DigitBits = 32;
    private const int Digits = (2148 + 2048 + 128) / DigitBits;
    private const int AddedAtOnce = 1 << 29; // a digit then holds less than 2^62

    private readonly long[] _digits = new long[Digits];
    private int _added;

    /// <summary>Adds a finite number.</summary>
    public void Add(double x)
    {
        var (mantissa, exponent) = Parts(x);
        Put(mantissa, exponent, double.IsNegative(x));
    }

    /// <summary>Adds the square of a finite number.</summary>
    public void AddSquare(double x)
    {
        var (mantissa, exponent) = Parts(x);
        var square = (UInt128)mantissa * mantissa;
        Put((ulong)square, 2 * exponent, false);
        Put((ulong)(square >> 64), (2 * exponent) + 64, false);
    }

    /// <summary>The sum.</summary>
    public BinaryNumber Value
    {
        get
        {
            Carry();
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
        var bits = BitConverter.DoubleToUInt64Bits(x);
        var (fraction, exponent) = (bits & ((1UL << 52) - 1), (int)(bits >> 52) & 0x7ff);
        return exponent == 0 ? (fraction, -1074) : (fraction | (1UL << 52), exponent - 1075);
    }

    private void Put(ulong mantissa, int exponent, bool isNegative)
    {
        if (mantissa == 0)
        {
            return;
        }

        var at = exponent - Lowest;
        var (digit, bits) = (at / DigitBits, (UInt128)mantissa << (at % DigitBits));
        for (; bits != 0; bits >>= DigitBits, digit++)
        {
            var part = (long)(uint)bits;
            _digits[digit] += isNegative ? -part : part;
        }

        if (++_added == AddedAtOnce)
        {
            Carry();
        }
    }

    private void Carry()
    {
        for (var i = 0; i < Digits - 1; i++)
        {
            _digits[i + 1] += _digits[i] >> DigitBits;
            _digits[i] &= uint.MaxValue;
        }

        _added = 0;
    }
}
