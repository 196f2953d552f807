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
    /// The code at one end of a column; null: there is none. A whole number that is there several times and lies farther from the value next
    /// to it than all the others lie apart is one, unless it is 0, 1 or -1, or has half of the rows. Among whole numbers, which may be ids of kinds
    /// or pixels, it must be written as codes are; so must it where there are many columns, among which anything happens by chance. A negative code
    /// needs no such gap where nothing else is negative.
    /// </summary>
    /// <param name="last">The value at the end.</param>
    /// <param name="next">The one next to it.</param>
    /// <param name="other">The one at the other end.</param>
    /// <param name="count">Rows that have the value at the end.</param>
    /// <param name="rows">Rows that have any value.</param>
    /// <param name="onlyUsual">Whether it must be written as codes are.</param>
    public static MissingCode? Of(double last, double next, double other, long count, long rows, bool onlyUsual)
    {
        if (count < Several || last != Math.Floor(last) || !double.IsFinite(next) || next == other || Math.Abs(last) <= 1)
        {
            return null;
        }

        var isFar = Math.Abs(last - next) > Math.Abs(next - other);
        var isFound = IsUsual(last) ? isFar || (last < 0 && next >= 0 && other != -last) : !onlyUsual && isFar && 2 * count < rows;
        return isFound ? new MissingCode(last, count, next) : null;
    }

    private static bool IsUsual(double value)
    {
        var digits = Math.Abs(value).ToString("0", CultureInfo.InvariantCulture);
        return (digits.All(d => d == '9') && (value < 0 || digits.Length >= LeastDigits)) || Limits.Contains(value);
    }
}
