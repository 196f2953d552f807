namespace Granary.Jobs;

/// <summary>How a value that is missing is spelt.</summary>
public static class MissingSpellings
{
    /// <summary>What stands for one unless a job says otherwise: the spellings that pandas knows, and a question mark. An empty cell always does.</summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null", "?",
    ];
}
