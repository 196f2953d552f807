namespace Granary.Jobs;

/// <summary>How a value that is missing is spelt.</summary>
public static class MissingSpellings
{
    /// <summary>What stands for one unless a job says otherwise: the spellings that pandas knows, and a question mark. An empty cell always does.</summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?",
    ];

    /// <summary>A list as data.missingValues takes it. A job's list replaces the usual one, so messages print the whole of it.</summary>
    public static string List(IEnumerable<string> spellings) => $"[{string.Join(", ", spellings.Select(Yaml))}]";

    // YAML takes numbers and words as they are; all else stands in quotes.
    private static string Yaml(string text) => text.Any(char.IsAsciiLetterOrDigit) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '/')
        ? text
        : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
