namespace Granary.Jobs;

/// <summary>The keys of one column in <c>data.columns</c>. Which kinds they have a meaning for, the kinds say.</summary>
internal static class ColumnKeys
{
    /// <summary>The key that tells the kind.</summary>
    public const string Kind = "kind";

    /// <summary>All keys beside it.</summary>
    public static IReadOnlyList<ColumnKey> All { get; } =
    [
        new ColumnKey<MissingRule?>("missing", new OrNothing<MissingRule>(new Choice<MissingRule>()), c => c.Missing, (c, v) => c with { Missing = v },
            "refuse; where data.missing is mean: mean, and slot of texts",
            "what a cell without a value becomes: an error, the mean or the median of the training part, the column's `fill`, or nothing but a feature that says so (a number then is the mean)"),
        new ColumnKey<string?>("fill", new FreeText(), c => c.Fill, (c, v) => c with { Fill = v }, "none", "what `missing: constant` fills in, as a cell would have it"),
        new ColumnKey<ColumnScale?>("scale", new OrNothing<ColumnScale>(new Choice<ColumnScale>()), c => c.Scale, (c, v) => c with { Scale = v },
            "standard where data.standardize is true, and of dates; else none",
            "over the training part: mean 0 and deviation 1; 0 to 1; or median 0, and 1 between the quartiles"),
        new ColumnKey<IReadOnlyList<double>?>("clip", new Bounds(), c => c.Clip, (c, v) => c with { Clip = v }, "none", "values beyond become the nearer bound, before all else"),
        new ColumnKey<int?>("max", new OrNothing<int>(new WholeNumber(1, ColumnLimits.MostCategories)), c => c.Max, (c, v) => c with { Max = v },
            KeyWords.Count(CategoricalColumn.UsualMost), "categories that there may be; more are refused"),
        new ColumnKey<int?>("minCount", new OrNothing<int>(new WholeNumber(1)), c => c.MinCount, (c, v) => c with { MinCount = v }, "1",
            "a category of fewer training examples shares the feature of those that training never saw"),
        new ColumnKey<int?>("buckets", new OrNothing<int>(new WholeNumber(1, ColumnLimits.MostBuckets)), c => c.Buckets, (c, v) => c with { Buckets = v },
            "text: 1,024; categorical: none", "features that a hash deals categories or n-grams to"),
        new ColumnKey<int?>("embedding", new OrNothing<int>(new WholeNumber(1, ColumnLimits.WidestEmbedding)), c => c.Embedding, (c, v) => c with { Embedding = v },
            "none", "the column is no features, but a vector of so many numbers for each category, or bucket, which the network learns (mlp)"),
        new ColumnKey<IReadOnlyList<DatePart>?>("parts", new Choices<DatePart>(), c => c.Parts, (c, v) => c with { Parts = v }, "[elapsed, month, weekday]", "what of a date is a feature"),
        new ColumnKey<string?>("pattern", new FreeText(), c => c.Pattern, (c, v) => c with { Pattern = v }, "ISO 8601",
            "how dates, with their year, or times of day are written, such as dd.MM.yyyy, as [.NET's custom formats](https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings)"),
        new ColumnKey<int?>("ngrams", new OrNothing<int>(new WholeNumber(1, ColumnLimits.MostNgrams)), c => c.Ngrams, (c, v) => c with { Ngrams = v }, "1",
            "words in a row that are a feature together, at the most"),
        new ColumnKey<TextWeight?>("weight", new OrNothing<TextWeight>(new Choice<TextWeight>()), c => c.Weight, (c, v) => c with { Weight = v }, "tf-idf",
            "how often an n-gram occurs; 1 if it does; or how often, times how rare it is, to length 1"),
    ];

    /// <summary>Those that a kind takes.</summary>
    public static IEnumerable<ColumnKey> Of(ColumnKind kind) => All.Where(k => k.Name is "missing" or "fill" || kind.Keys.Contains(k.Name));

    /// <summary>The kinds that take a key, for the reference.</summary>
    public static string AppliesTo(ColumnKey key)
    {
        string[] kinds = [.. ColumnKinds.All.Where(k => Of(k).Contains(key)).Select(k => k.Name)];
        return kinds.Length == ColumnKinds.All.Count ? "" : string.Join(", ", kinds);
    }
}
