namespace Granary.Contracts;

/// <summary>What differs between two silos' platforms. Each is one line of parts, "granary 0.1.0 arithmetic 2; cpu; x64 AuthenticAMD avx2": a plain rule.</summary>
public static class PlatformDifference
{
    private const string Between = "; ";
    private const string Arithmetic = " arithmetic ";

    /// <summary>Whether two platforms compute the same weights to the last bit. Two versions of Granary do where the number of their arithmetic is the same.</summary>
    /// <param name="one">A platform.</param>
    /// <param name="other">Another.</param>
    public static bool IsNone(string one, string other) => WithoutVersion(one).SequenceEqual(WithoutVersion(other));

    /// <summary>Whether they are of two builds of Granary whose arithmetic has other numbers, as in the middle of an upgrade.</summary>
    /// <param name="one">A platform.</param>
    /// <param name="other">Another.</param>
    public static bool IsOfBuilds(string one, string other) => ArithmeticOf(one) is { } ones && ArithmeticOf(other) is { } others && ones != others;

    private static string? ArithmeticOf(string platform)
    {
        var build = platform.Split(Between)[0];
        return build.IndexOf(Arithmetic, StringComparison.Ordinal) is >= 0 and var at ? build[(at + Arithmetic.Length)..] : null;
    }

    private static ReadOnlySpan<char> WithoutVersion(string platform)
    {
        var (arithmetic, first) = (platform.IndexOf(Arithmetic, StringComparison.Ordinal), platform.IndexOf(Between, StringComparison.Ordinal));
        return arithmetic >= 0 && (first < 0 || arithmetic < first) ? platform.AsSpan(arithmetic) : platform;
    }

    /// <summary>The parts of each that the other does not have.</summary>
    /// <param name="one">A platform.</param>
    /// <param name="other">Another.</param>
    /// <returns>Of both; "nothing more" stands for a platform all of whose parts the other has too.</returns>
    public static (string One, string Other) Of(string one, string other)
    {
        var (parts, others) = (one.Split(Between), other.Split(Between));
        return (Join(parts.Except(others)), Join(others.Except(parts)));
    }

    private static string Join(IEnumerable<string> parts) => string.Join(Between, parts) is { Length: > 0 } text ? text : "nothing more";
}
