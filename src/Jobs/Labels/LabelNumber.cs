using System.Globalization;

namespace Granary.Jobs;

/// <summary>A label that is a number, exactly as it is written in decimal: no double stands between two whole numbers above 2^53. The same
/// number has one value, whatever its spelling: 1, +1, 01, 1.0 and 1e0 are equal.</summary>
public readonly record struct LabelNumber : IComparable<LabelNumber>
{
    private const int LongestPlain = 30;

    private readonly bool _isNegative;
    private readonly string? _digits; // without zeros at either end; null: the number is 0
    private readonly long _exponent; // of ten, for the last digit

    private LabelNumber(bool isNegative, string digits, long exponent) => (_isNegative, _digits, _exponent) = (isNegative, digits, exponent);

    /// <summary>Reads [sign]digits[.digits][e[sign]digits]; null: the text is no such number.</summary>
    public static LabelNumber? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var isNegative = text.StartsWith("-");
        text = isNegative || text.StartsWith("+") ? text[1..] : text;
        var exponent = 0L;
        if (text.IndexOfAny('e', 'E') is >= 0 and var mark)
        {
            if (!int.TryParse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power))
            {
                return null;
            }

            exponent = power;
            text = text[..mark];
        }

        var point = text.IndexOf('.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? [] : text[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || whole.ContainsAnyExceptInRange('0', '9') || fraction.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        var digits = string.Concat(whole, fraction).TrimStart('0');
        exponent -= fraction.Length;
        var shortened = digits.TrimEnd('0');
        return shortened.Length == 0 ? default(LabelNumber) : new LabelNumber(isNegative, shortened, exponent + digits.Length - shortened.Length);
    }

    /// <summary>Whether it is a whole number.</summary>
    public bool IsWhole => _exponent >= 0;

    /// <summary>The nearest double.</summary>
    public double ToDouble() => double.Parse(ToString(), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public int CompareTo(LabelNumber other)
    {
        var (sign, otherSign) = (Sign, other.Sign);
        return sign != otherSign ? sign.CompareTo(otherSign)
            : sign == 0 ? 0
            : sign * Size(other);
    }

    private int Sign => _digits is null ? 0 : _isNegative ? -1 : 1;

    // The size of two numbers without their signs, neither of them 0. Digits are compared from the first on: a longer row of them is larger
    // where the other one ends, as ordinal order has it.
    private int Size(LabelNumber other)
    {
        var places = (_digits!.Length + _exponent).CompareTo(other._digits!.Length + other._exponent);
        return places != 0 ? places : Math.Sign(string.CompareOrdinal(_digits, other._digits));
    }

    /// <summary>Its usual spelling: plain digits, with an exponent where it would be long.</summary>
    public override string ToString()
    {
        if (_digits is null)
        {
            return "0";
        }

        var sign = _isNegative ? "-" : "";
        var before = _digits.Length + _exponent; // digits before the point, or minus the zeros behind it
        return before > LongestPlain || before < -LongestPlain
                ? string.Create(CultureInfo.InvariantCulture, $"{sign}{_digits}e{_exponent}")
            : _exponent >= 0 ? $"{sign}{_digits}{new string('0', (int)_exponent)}"
            : before > 0 ? $"{sign}{_digits[..(int)before]}.{_digits[(int)before..]}"
            : $"{sign}0.{new string('0', (int)-before)}{_digits}";
    }
}
