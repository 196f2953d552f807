using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Granary.Jobs;

/// <summary>How a job file writes numbers and booleans, and what to write instead of another spelling.</summary>
public static partial class YamlScalar
{
    private static readonly string[] Yes = ["true", "yes", "y", "on", "t", "1"];
    private static readonly string[] No = ["false", "no", "n", "off", "f", "0"];

    /// <summary>"64", "-3", "1_000"; null for everything else.</summary>
    public static BigInteger? Whole(string text) =>
        BigInteger.TryParse(WithoutUnderscores(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>"0.5", ".5", "1e-3", "1_000"; null for everything else, and for what is not finite.</summary>
    public static double? Number(string text) =>
        double.TryParse(WithoutUnderscores(text), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <summary>"true" or "false"; null for everything else.</summary>
    public static bool? Bool(string text) => text switch { "true" => true, "false" => false, _ => null };

    /// <summary>" Write 1000." where a whole number is meant; empty where it is one, and where nobody knows which.</summary>
    public static string WholeRemedy(string text) =>
        Whole(text) is null && Meant(text) is { } value && value == Math.Floor(value) && Math.Abs(value) < 1L << 53 ? $" Write {(long)value}." : "";

    /// <summary>" Write 0.5." where a number is meant; empty where it is one, and where nobody knows which.</summary>
    public static string NumberRemedy(string text) => Number(text) is null && Meant(text) is { } value ? Write(value) : "";

    /// <summary>" Write true, as YAML spells it." where one of the two is meant.</summary>
    public static string BoolRemedy(string text) =>
        Yes.Contains(text.ToLowerInvariant()) ? " Write true, as YAML spells it."
        : No.Contains(text.ToLowerInvariant()) ? " Write false, as YAML spells it."
        : "";

    private static string Write(double value) => string.Create(CultureInfo.InvariantCulture, $" Write {value}.");

    // An underscore stands between two digits.
    private static string WithoutUnderscores(string text) => Underscore().Replace(text, "");

    private static double? Meant(string text)
    {
        text = text.Trim();
        if (Hexadecimal().IsMatch(text))
        {
            return long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;
        }

        return text.EndsWith('%') ? Number(text[..^1]) / 100
            : Grouped().IsMatch(text) ? Number(Group().Replace(text, ""))
            : DecimalComma().IsMatch(text) ? Number(text.Replace(',', '.'))
            : Number(text);
    }

    [GeneratedRegex(@"(?<=[0-9])_(?=[0-9])")]
    private static partial Regex Underscore();

    [GeneratedRegex(@"^0[xX][0-9a-fA-F]{1,15}$")]
    private static partial Regex Hexadecimal();

    // 1,000 and 1,000,000.5; also with spaces or apostrophes.
    [GeneratedRegex(@"^[+-]?[1-9][0-9]{0,2}([, '\u2019\u00a0\u202f][0-9]{3})+(\.[0-9]+)?$")]
    private static partial Regex Grouped();

    [GeneratedRegex(@"[, '\u2019\u00a0\u202f]")]
    private static partial Regex Group();

    [GeneratedRegex(@"^[+-]?[0-9]*,[0-9]+$")]
    private static partial Regex DecimalComma();
}
