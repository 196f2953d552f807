using System.Globalization;

namespace Granary.Model.Data.Checking;

/// <summary>A value at the end of a column that looks as if it stood for a missing one: -999, 9999, the least number of 32 bits.</summary>
/// <param name="Value">The value.</param>
/// <param name="Rows">Rows that have it.</param>
/// <param name="Next">The value next to it.</param>
internal sealed record MissingCode(double Value, long Rows, double Next)
{
    private const int Several = 3;
    private const int LeastDigits = 2; // of nines: a 9 alone, with no sign before it, is a grade or a number of rooms

    private static readonly double[] Limits = [short.MinValue, short.MaxValue, ushort.MaxValue, int.MinValue, int.MaxValue, uint.MaxValue];

    /// <summary>
    /// The code at one end of a column; null: there is none. It is written as codes are (nines, or the least or greatest number of 16 or 32 bits): a dose
    /// or a count may be far from all others, too. It is there several times, and lies farther from the value next to it than all the others lie
    /// apart; a negative code needs no such gap where nothing else is negative. Of several codes in one column none is seen.
    /// </summary>
    /// <param name="last">The value at the end.</param>
    /// <param name="next">The one next to it.</param>
    /// <param name="other">The one at the other end.</param>
    /// <param name="count">Rows that have the value at the end.</param>
    public static MissingCode? Of(double last, double next, double other, long count)
    {
        if (count < Several || !IsUsual(last) || !double.IsFinite(next) || next == other)
        {
            return null;
        }

        var isFar = Math.Abs(last - next) > Math.Abs(next - other);
        return isFar || (last < 0 && next >= 0 && other != -last) ? new MissingCode(last, count, next) : null;
    }

    private static bool IsUsual(double value)
    {
        if (!double.IsInteger(value))
        {
            return false;
        }

        var digits = Math.Abs(value).ToString("0", CultureInfo.InvariantCulture);
        return (digits.All(d => d == '9') && (value < 0 || digits.Length >= LeastDigits)) || Limits.Contains(value);
    }
}
