namespace Granary.Jobs;

/// <summary>What is said of held-out rows with labels that the training data does not have.</summary>
public static class UnknownLabels
{
    private const int NamesInMessage = 10;

    /// <summary>"v.csv:7: 13 rows, of which this is the first, have the label 2, which t.csv does not have (it has 0 and 1): leave these rows out, or
    /// add rows of class 2 to t.csv."</summary>
    /// <param name="file">The held-out source.</param>
    /// <param name="rows">Its rows with such labels; null: they are not counted.</param>
    /// <param name="unknown">Their labels, each once.</param>
    /// <param name="known">The classes of the training data.</param>
    /// <param name="source">The training data.</param>
    public static string Refusal(string file, FoundRows? rows, IEnumerable<string> unknown, ClassNames known, string source)
    {
        var areNumbers = known.Numbers is not null;
        var names = Names(unknown, areNumbers);
        var isOne = names.Count == 1;
        return $"{rows?.First ?? file}: {rows?.Have ?? "some rows have"} the {(isOne ? "label" : "labels")} {List(names)}, which {source} does not have "
            + $"(it has {List(Names(known.Names, areNumbers))}): leave {rows?.These ?? "these rows"} out, or add rows of {(isOne ? $"class {names[0]}" : "these classes")} to {source}.";
    }

    // Where classes are numbers, the number counts and not its spelling; texts are equal only as they are written.
    private static List<string> Names(IEnumerable<string> labels, bool areNumbers) =>
        [.. labels.Select(l => (areNumbers ? LabelNumber.Parse(l)?.ToString() : null) ?? $"'{l}'").Distinct()];

    private static string List(List<string> names) => names.Count > NamesInMessage ? $"{string.Join(", ", names.Take(NamesInMessage))} and {names.Count - NamesInMessage} more"
        : names.Count == 1 ? names[0]
        : $"{string.Join(", ", names.SkipLast(1))} and {names[^1]}";
}
