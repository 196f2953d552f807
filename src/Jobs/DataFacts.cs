using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>What one shard found in its own part of the source.</summary>
/// <param name="Shard">Index of the shard.</param>
/// <param name="Rows">Examples in its part (text: windows of `context` tokens; words: pairs of a word and a context), before anything is held out.</param>
/// <param name="ValidationRows">Examples in its part of the validation's own source; 0 without one.</param>
/// <param name="Features">Numbers per example; libsvm: the greatest index; 0 for text.</param>
/// <param name="Classes">Distinct labels as they are written, or distinct tokens (text, `char`), in no particular order.</param>
/// <param name="ValidationClasses">The same of the validation's own source.</param>
public sealed record ShardSurvey(
    int Shard, long Rows, long ValidationRows, int Features, IReadOnlyList<string> Classes, IReadOnlyList<string> ValidationClasses)
{
    /// <summary>Names of the features, in their order (csv); empty where they have none.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Where the target is a number: its ends here; null where it is none, and for a shard without rows.</summary>
    public TargetRange? Target { get; init; }

    /// <summary>The same of the validation's own source.</summary>
    public TargetRange? ValidationTarget { get; init; }

    /// <summary>Where a row has any number of labels: how many rows here have each, in the order of their columns; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<long>? LabelCounts { get; init; }

    /// <summary>Where the job describes columns: what each of <see cref="Columns"/> is, every default filled in; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ColumnSection>? Sections { get; init; }

    /// <summary>Columns that are taken for a row's number and no feature (csv, parquet).</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Whether rows have numbers of queries, which are passed over (libsvm).</summary>
    public bool HasQueries { get; init; }

    /// <summary>What a pixel is (idx, images): "ubyte"; null otherwise.</summary>
    public string? PixelType { get; init; }

    /// <summary>The sizes of its images; null where it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImageSize? Image { get; init; }

    /// <summary>Words: how often each of <see cref="Classes"/> occurs here; empty otherwise.</summary>
    public IReadOnlyList<long> ClassCounts { get; init; } = [];

    /// <summary>Byte pairs: K, the tokens of the vocabulary; 0 otherwise.</summary>
    public int VocabularySize { get; init; }

    /// <summary>SHA-256 of the vocabulary's files, or of a vocabulary that is kept, as this shard's silo sees them; null where there are none.</summary>
    public string? VocabularyDigest { get; init; }

    /// <summary>A vocabulary that is kept (data.vocabulary), in token order, as shard 0's silo sees it; null from every other shard, and where none is.</summary>
    public IReadOnlyList<string>? KeptVocabulary { get; init; }

    /// <summary>SHA-256 of the file that the weights start from, as shard 0's silo sees it; null from every other shard.</summary>
    public string? InitDigest { get; init; }

    /// <summary>What tells whether files of a store are still those that this shard has read: a hash of their names, lengths and tags; null where none is in a store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SourceTags { get; init; }
}

/// <summary>Mean and variance of each feature over the examples that have a value for it, kept so that two such sets can be
/// merged.</summary>
/// <param name="Counts">For each feature, the number of examples with a value.</param>
/// <param name="Mean">Mean of each feature over them.</param>
/// <param name="SquaredDeviations">Sum over them of (x - mean)^2, for each feature.</param>
public sealed record FeatureMoments(long[] Counts, double[] Mean, double[] SquaredDeviations);

/// <summary>What the shards find out about their training parts, once it is known which rows these are.</summary>
/// <param name="Moments">Of the features; null where the job asks for nothing that needs them.</param>
/// <param name="ClassCounts">Training examples of each class, in class order; null likewise.</param>
public sealed record TrainingStatistics(FeatureMoments? Moments, long[]? ClassCounts)
{
    /// <summary>Of the target, as one feature; null where the job does not standardise it.</summary>
    public FeatureMoments? Target { get; init; }

    /// <summary>What its rows weigh, where a column says it; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RowWeights? Weights { get; init; }

    /// <summary>Of each column, where the job describes columns; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ColumnFindings>? Columns { get; init; }

    /// <summary>The answer to <see cref="DataFacts.SplitQuestion"/>; null where nothing was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SplitAnswer? Split { get; init; }

    /// <summary>The answer to each of <see cref="DataFacts.Search"/>; null where nothing was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<long[]>? Ranks { get; init; }
}

/// <summary>Standardisation: x becomes (x - Mean) / Deviation, or 0 where Deviation is 0.</summary>
public sealed record Scaling(double[] Mean, double[] Deviation);

/// <summary>All that the shards must agree on before training: found once, kept with the job, the same on every cluster.</summary>
/// <param name="Shape">The model's ends.</param>
/// <param name="Classes">Label names in class order: numeric labels by value, text ordinally; or the vocabulary in token
/// order (text, `char` and words; empty for `byte` and `bpe`); empty where the target is a number.</param>
/// <param name="TrainingRows">Training examples of each shard, n_v.</param>
/// <param name="ValidationRows">Held-out examples of each shard.</param>
/// <param name="Scaling">Null unless the job standardises; null too until the moments have been merged.</param>
public sealed record DataFacts(
    InputShape Shape, IReadOnlyList<string> Classes, IReadOnlyList<long> TrainingRows, IReadOnlyList<long> ValidationRows, Scaling? Scaling)
{
    /// <summary>Names of the features, in their order (csv); empty where they have none. With the model they say which column of
    /// another file is which feature.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Where the job describes columns: how they become features, whose names <see cref="Columns"/> then has; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TableEncoding? Table { get; init; }

    /// <summary>Names of the columns that features are made of: those of <see cref="Table"/>, or the features' own.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Inputs => Table?.Names() ?? Columns;

    /// <summary>While columns are being fitted: what every shard is asked about its numbers; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<KeyRange>? Search { get; init; }

    /// <summary>While it is found out which rows are held out: what every shard is asked; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SplitQuestion? SplitQuestion { get; init; }

    /// <summary>Where the job has a <see cref="SplitRule"/>: the keys of the rows held out, in one band or in one for each class; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<KeyBand>? HeldOut { get; init; }

    /// <summary>What a pixel is (idx, images): "ubyte"; null otherwise, and for data that an earlier build has read.</summary>
    public string? PixelType { get; init; }

    /// <summary>Words: how often each of <see cref="Classes"/> occurs in the source; empty otherwise.</summary>
    public IReadOnlyList<long> ClassCounts { get; init; } = [];

    /// <summary>SHA-256 of the vocabulary's files (byte pairs), or of a vocabulary that is kept; null where there are none.</summary>
    public string? VocabularyDigest { get; init; }

    /// <summary>SHA-256 of the file that the weights start from; null where there is none.</summary>
    public string? InitDigest { get; init; }

    /// <summary>What tells whether files of a store are still those that the job began with; null where none is in a store.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SourceTags { get; init; }

    /// <summary>What a missing value of each feature is filled with, before it is standardised; null where none may be missing,
    /// and until the moments have been merged.</summary>
    public double[]? Fill { get; init; }

    /// <summary>What the target is standardised with; null where it is not, and until the moments have been merged.</summary>
    public TargetScaling? TargetScaling { get; init; }

    /// <summary>Of a saved model of two classes: the second is chosen from this probability on; null: from 0.5 on.</summary>
    public double? Threshold { get; init; }

    /// <summary>What rows weigh, where a column says it; null where none does, and until the shards have told it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RowWeights? Weights { get; init; }

    /// <summary>What an example of each class weighs, in class order; null where every one weighs 1, and until the classes have
    /// been counted.</summary>
    public double[]? ClassWeights { get; init; }
}
