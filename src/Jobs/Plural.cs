using System.Globalization;

namespace Granary.Jobs;

/// <summary>A number and what it counts, as people write it: "1 silo", "2 silos", "1,438 examples".</summary>
public static class Plural
{
    /// <summary>The number and its noun.</summary>
    /// <param name="count">How many.</param>
    /// <param name="noun">What is counted, for one of them; its last word takes the ending.</param>
    public static string Of(long count, string noun) =>
        $"{count.ToString("#,0", CultureInfo.InvariantCulture)} {Noun(count, noun)}";

    /// <summary>The noun alone, for a number that stands elsewhere.</summary>
    /// <inheritdoc cref="Of(long, string)" path="/param"/>
    public static string Noun(long count, string noun) => Math.Abs(count) == 1 ? noun
        : noun is [.., not ('a' or 'e' or 'i' or 'o' or 'u'), 'y'] ? noun[..^1] + "ies"
        : noun.EndsWith('s') || noun.EndsWith('x') || noun.EndsWith("tch", StringComparison.Ordinal) || noun.EndsWith("sh", StringComparison.Ordinal) ? noun + "es"
        : noun + "s";
}
