using System.Globalization;

namespace Granary.Jobs;

/// <summary>Quantities as people write them on a command line: 10Gbit, 1.2GB, 50us, 5T. What is printed can be given again.</summary>
public static class Quantity
{
    private const string Unbounded = "unbounded";

    private static readonly (string Name, double Factor)[] Prefixes =
        [("", 1), ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("P", 1e15), ("E", 1e18)];

    private static readonly (string Name, double Factor)[] Times = [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60), ("h", 3600), ("d", 86_400)];

    private static readonly (string Name, double Factor)[] Rates =
        [.. Prefixes.SelectMany(p => new[] { (p.Name + "bit", p.Factor / 8), (p.Name + "B", p.Factor) })];

    /// <summary>Bytes a second, from 10Gbit or 1.2GB, with /s or without; or infinity, from unbounded.</summary>
    /// <exception cref="JobException">It is something else; the message names the option.</exception>
    public static double Bandwidth(string option, string text) => text == Unbounded
        ? double.PositiveInfinity
        : Read(option, text, text.EndsWith("/s", StringComparison.Ordinal) ? text[..^2] : text, Rates, "bits or bytes a second, as in 10Gbit or 1.2GB, or unbounded");

    /// <summary>Seconds, from 50us or 0.2ms.</summary>
    /// <inheritdoc cref="Bandwidth(string, string)" path="/exception"/>
    public static double Time(string option, string text) => Read(option, text, text, Times, "a time, as in 50us or 0.2ms");

    /// <summary>Operations a second, from 5T or 20G.</summary>
    /// <inheritdoc cref="Bandwidth(string, string)" path="/exception"/>
    public static double Flops(string option, string text) => Read(option, text, text, Prefixes, "floating-point operations a second, as in 5T or 20G");

    private static double Read(string option, string whole, string text, (string Name, double Factor)[] units, string wanted)
    {
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        var unit = text[digits..].Trim();
        var factor = units.Where(u => u.Name == unit).Select(u => u.Factor).FirstOrDefault();
        return double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && factor > 0 && (number > 0 || units == Times) && double.IsFinite(number * factor)
            ? number * factor
            : throw new JobException($"{option} {whole}: it must be {wanted}{(units == Times ? "" : ", and above 0")}.");
    }

    /// <summary>Bytes a second: "1.25GB/s".</summary>
    public static string OfBandwidth(double bytesPerSecond) => double.IsInfinity(bytesPerSecond) ? Unbounded : Scaled(bytesPerSecond) + "B/s";

    /// <summary>Operations, or operations a second: "5T".</summary>
    public static string OfCount(double count) => Scaled(count);

    /// <summary>Bytes: "1.25GB".</summary>
    public static string OfBytes(double bytes) => Scaled(bytes) + "B";

    /// <summary>Seconds: "50us".</summary>
    public static string OfTime(double seconds)
    {
        var (number, unit) = InUnit(seconds);
        return number + unit;
    }

    /// <summary>Seconds in a sentence: "50 us", "3.1 ms", "80 ms", "1.25 s".</summary>
    public static string OfDuration(double seconds)
    {
        var (number, unit) = InUnit(seconds);
        return $"{number} {unit}";
    }

    private static (string Number, string Unit) InUnit(double seconds) => seconds switch
    {
        0 => ("0", "s"),
        < 1e-6 => (Digits(seconds * 1e9), "ns"),
        < 1e-3 => (Digits(seconds * 1e6), "us"),
        < 1 => (Digits(seconds * 1e3), "ms"),
        < 600 => (Digits(seconds), "s"),
        < 36_000 => (Digits(seconds / 60), "min"),
        < 864_000 => (Digits(seconds / 3600), "h"),
        _ => (Digits(seconds / 86_400), "d"),
    };

    private static string Scaled(double value)
    {
        var (name, factor) = Prefixes.Where(p => p.Name != "K" && value >= p.Factor).LastOrDefault(("", 1.0));
        return Digits(value / factor) + name;
    }

    // Three significant digits.
    private static string Digits(double value) => value.ToString(value switch { < 10 => "0.##", < 100 => "0.#", _ => "0" }, CultureInfo.InvariantCulture);
}
