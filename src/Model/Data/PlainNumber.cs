using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Granary.Model.Data;

/// <summary>The usual form of a number, [-]digits[.digits], straight from bytes. Where the digits are a whole number up to 2^53 and
/// no more than 22 of them follow the point, one division of two exact numbers gives the nearest double (Clinger, 1990), as double.Parse does.
/// Whatever is written otherwise is left to it.</summary>
internal static class PlainNumber
{
    private const ulong MostExact = 1UL << 53;
    private const ulong Zeros = 0x3030303030303030;

    private static readonly double[] Tens =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    private static ReadOnlySpan<uint> Shifts => [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    /// <summary>Reads digits and goes behind them.</summary>
    /// <param name="at">Where they begin; eight bytes more can be looked at behind the last one that matters.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether they are in the usual form, as far as they go.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe bool TryRead(ref byte* at, out double value)
    {
        var p = at;
        var isNegative = *p == '-';
        p += isNegative ? 1 : 0;
        ulong digits = 0;
        var whole = p;
        for (uint digit; (digit = (uint)(*p - '0')) <= 9; p++)
        {
            digits = (digits * 10) + digit;
        }

        var count = p - whole;
        long places = 0;
        if (*p == '.')
        {
            var fraction = ++p;
            for (int run; (run = Eight(p, ref digits)) > 0;)
            {
                p += run;
                if (run < 8)
                {
                    break;
                }
            }

            places = p - fraction;
            count += places;
        }

        // 19 digits are below 2^64.
        if (count is 0 or > 19 || digits > MostExact)
        {
            value = 0;
            return false;
        }

        var size = digits / Tens[places];
        value = isNegative ? -size : size;
        at = p;
        return true;
    }

    // Up to eight digits at once (Lemire, 2018): adds them behind those that are there, and says how many they were.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe int Eight(byte* p, ref ulong digits)
    {
        var text = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(p, 8)) ^ Zeros; // a digit becomes its value
        var others = ((text + 0x7676767676767676) | text) & 0x8080808080808080; // above 9; what lies behind the first one may be wrong
        var run = others == 0 ? 8 : System.Numerics.BitOperations.TrailingZeroCount(others) >> 3;
        if (run == 0)
        {
            return 0;
        }

        text <<= (8 - run) * 8; // zeros come before the first digit
        text = (text * 10) + (text >> 8);
        text = (((text & 0x000000FF000000FF) * 0x000F424000000064) + (((text >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
        digits = (digits * Shifts[run]) + (uint)text;
        return run;
    }
}
