namespace Granary.Jobs;

/// <summary>How a value that is missing is spelt.</summary>
public static class MissingSpellings
{
    private const int MostInMessage = 6;
    private const int FirstInMessage = 3;
    private const string Docs = "docs/how-to/check-data.md has the whole list";

    /// <summary>What stands for one unless a job says otherwise: the spellings that pandas knows, and a question mark. An empty cell always does.</summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?",
    ];

    /// <summary>A list as data.missingValues takes it.</summary>
    public static string List(IEnumerable<string> spellings) => $"[{string.Join(", ", spellings.Select(Yaml))}]";

    /// <summary>"data.missingValues to [NA, -999] (the list replaces the usual one)": the remedy where more stands for a missing value. A long list is cut
    /// short: its beginning, and what is new.</summary>
    /// <param name="given">What stands for one now.</param>
    /// <param name="more">What does so, too.</param>
    public static string With(IReadOnlyList<string> given, params IEnumerable<string> more)
    {
        string[] added = [.. more];
        return given.Count + added.Length <= MostInMessage
            ? $"data.missingValues to {List(given.Concat(added))} (the list replaces the usual one)"
            : $"data.missingValues to {Whose(given)} with {string.Join(", ", added.Select(Yaml))} added: "
                + $"[{First(given)}, {given.Count - FirstInMessage} more, {string.Join(", ", added.Select(Yaml))}]{Where(given)}";
    }

    /// <summary>"data.missingValues to a list without it: [NA]": the remedy where a spelling stands for no missing value. A long list is cut short.</summary>
    /// <param name="given">What stands for one now.</param>
    /// <param name="spelling">What does not.</param>
    public static string Without(IReadOnlyList<string> given, string spelling)
    {
        string[] left = [.. given.Where(s => s.Trim() != spelling.Trim())];
        return left.Length <= MostInMessage
            ? $"data.missingValues to a list without it: {List(left)}"
            : $"data.missingValues to {Whose(given)} without it: [{First(left)} and {left.Length - FirstInMessage} more]{Where(given)}";
    }

    private static string Whose(IReadOnlyList<string> given) => IsUsual(given) ? "the usual list" : "the job's list";

    private static string Where(IReadOnlyList<string> given) => IsUsual(given) ? $" ({Docs})" : "";

    private static bool IsUsual(IReadOnlyList<string> given) => given.SequenceEqual(Usual);

    private static string First(IReadOnlyList<string> spellings) => string.Join(", ", spellings.Take(FirstInMessage).Select(Yaml));

    // YAML takes numbers and words as they are; all else stands in quotes.
    private static string Yaml(string text) => text.Any(char.IsAsciiLetterOrDigit) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '/')
        ? text
        : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
