using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>What becomes of a cell without a value.</summary>
public enum MissingRule
{
    /// <summary>It is an error.</summary>
    Refuse,
    /// <summary>It gets the mean of the training part's others.</summary>
    Mean,
    /// <summary>It gets the median of the training part's others.</summary>
    Median,
    /// <summary>It gets what the column's <c>fill</c> says.</summary>
    Constant,
    /// <summary>A feature of its own says that there is none. A number then gets the mean.</summary>
    Slot,
}

/// <summary>How a column's numbers are scaled, over the training part, after what is missing was filled in.</summary>
public enum ColumnScale
{
    /// <summary>Not at all.</summary>
    None,
    /// <summary>Mean 0 and deviation 1.</summary>
    Standard,
    /// <summary>From 0, the least value, to 1, the greatest.</summary>
    MinMax,
    /// <summary>Median 0, and 1 from the first quartile to the third.</summary>
    Robust,
}

/// <summary>What of a date is a feature.</summary>
public enum DatePart
{
    /// <summary>Days since 1970-01-01, with the part of the day.</summary>
    Elapsed,
    /// <summary>The year.</summary>
    Year,
    /// <summary>The day of the year, from 1 on.</summary>
    DayOfYear,
    /// <summary>The day of the month, from 1 on.</summary>
    Day,
    /// <summary>The hour, from 0 on, with its part.</summary>
    Hour,
    /// <summary>The month, a feature for each.</summary>
    Month,
    /// <summary>The day of the week, a feature for each.</summary>
    Weekday,
}

/// <summary>What a text's n-grams count.</summary>
public enum TextWeight
{
    /// <summary>As often as they occur.</summary>
    Count,
    /// <summary>1, however often they occur.</summary>
    Binary,
    /// <summary>As often as they occur, times ln((1 + n) / (1 + texts that have them)) + 1, to length 1.</summary>
    TfIdf,
}

/// <summary>What a column of a table is, and how it becomes features. What is null has the default of its kind.</summary>
public sealed record ColumnSection
{
    /// <summary>One of <see cref="ColumnKinds.Names"/>; required.</summary>
    public required string Kind { get; init; }

    /// <summary>What becomes of a missing value. Default: data.missing's, in the way of the kind.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MissingRule? Missing { get; init; }

    /// <summary>With <see cref="MissingRule.Constant"/>: what a missing value becomes, as a cell would have it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fill { get; init; }

    /// <summary>How numbers are scaled. Default: as data.standardize says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ColumnScale? Scale { get; init; }

    /// <summary>The least and the greatest value; what lies beyond becomes the nearer one, before all else. Default: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Clip { get; init; }

    /// <summary>Categories that a column may have. Default: 1000.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Max { get; init; }

    /// <summary>A category with fewer training examples shares the feature of unseen ones. Default: 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MinCount { get; init; }

    /// <summary>Features that categories or n-grams are dealt to by a hash. Default: none of categories, 1024 of a text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Buckets { get; init; }

    /// <summary>Numbers of the vector that the network learns for each category, or for each bucket. Default: none, a feature for each.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Embedding { get; init; }

    /// <summary>How dates are written, as .NET's custom date formats. Default: ISO 8601.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pattern { get; init; }

    /// <summary>What of a date are features. Default: elapsed, month, weekday.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DatePart>? Parts { get; init; }

    /// <summary>Words next to each other that are a feature together, at the most. Default: 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Ngrams { get; init; }

    /// <summary>What n-grams count. Default: tf-idf.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TextWeight? Weight { get; init; }

    /// <summary>Equal in every key; lists by value.</summary>
    public bool Equals(ColumnSection? other) => other is not null
        && (Kind, Missing, Fill, Scale, Max, MinCount) == (other.Kind, other.Missing, other.Fill, other.Scale, other.Max, other.MinCount)
        && (Buckets, Embedding, Pattern, Ngrams, Weight) == (other.Buckets, other.Embedding, other.Pattern, other.Ngrams, other.Weight)
        && (Clip ?? []).SequenceEqual(other.Clip ?? []) && (Parts ?? []).SequenceEqual(other.Parts ?? []);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Missing, Fill, Scale, Max, Buckets);
}

/// <summary>The job file's <c>data.columns</c>: columns by name, or the word that leaves it to the data. Columns that are not named are numeric.</summary>
/// <param name="Infer">Whether kinds are inferred from the source's first rows.</param>
/// <param name="Named">The columns that the job describes.</param>
public sealed record ColumnsSection(bool Infer, IReadOnlyDictionary<string, ColumnSection> Named)
{
    /// <summary>Equal by value.</summary>
    public bool Equals(ColumnsSection? other) => other is not null && Infer == other.Infer
        && Named.Count == other.Named.Count && Named.All(c => other.Named.TryGetValue(c.Key, out var column) && column == c.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Infer, Named.Count);
}
