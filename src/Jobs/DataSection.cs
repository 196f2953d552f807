using System.Text.Json.Serialization;

namespace Granary.Jobs;

/// <summary>What becomes of a cell without a value: an error, or the column's mean over the training part.</summary>
public enum MissingValues { Refuse, Mean }

/// <summary>What labels are taken for: classes where they look like some (else they are refused), classes whatever they look like, or numbers; or several columns, each a
/// label that a row has or has not.</summary>
public enum LabelTarget { Auto, Classes, Number, Labels }

/// <summary>What a token of a text is.</summary>
public enum TokenKind
{
    /// <summary>A Unicode character.</summary>
    Char,
    /// <summary>A byte of the text's UTF-8 form.</summary>
    Byte,
    /// <summary>A run of bytes that a byte-pair encoding merges into one.</summary>
    Bpe,
    /// <summary>A run of letters, digits, marks and underscores, in lower case; everything else only parts words.</summary>
    Word,
    /// <summary>A run of anything but white space, as it is written.</summary>
    Whitespace,
}

/// <summary>Which windows of a text are trained on: every token once an epoch, in windows side by side; or windows that start anywhere, drawn by seed.</summary>
public enum TextWindows { Tiled, Random }

/// <summary>Where in a source its held-out part is: anywhere, by seed (of a text one run of each shard); or at its end.</summary>
public enum HeldOutPlace { Anywhere, End }

/// <summary>The byte-pair encodings known by name.</summary>
public enum TokenEncoding { O200kBase, Cl100kBase }

/// <summary>The job file's <c>data</c> section. Paths are absolute once a job file has been read.</summary>
public sealed record DataSection
{
    /// <summary>How the source is written: one of <see cref="FormatKinds.Names"/>; required.</summary>
    [JsonConverter(typeof(FormatConverter))]
    public required string Format { get; init; }

    /// <summary>A file, or a glob (`*`, `**`, `?`) of files that are read as one, in ordinal order. idx: the images' file. images: a folder.
    /// Required.</summary>
    public required string Path { get; init; }

    /// <summary>idx only: the labels' file. Required there.</summary>
    public string? Labels { get; init; }

    /// <summary>csv, parquet: the label's column name. Required there, but where the target is <see cref="LabelTarget.Labels"/>.</summary>
    public string? Label { get; init; }

    /// <summary>csv, parquet, where the target is <see cref="LabelTarget.Labels"/>: a column for each label, which holds 1 in rows that have it, and 0 in others. Null
    /// elsewhere.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? LabelColumns { get; init; }

    /// <summary>csv, parquet: the column that says what each row weighs, 0 or more: its loss counts as often. Null (default): each row weighs 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Weight { get; init; }

    /// <summary>csv only: the one ASCII character between cells, no letter or digit. Default: a comma.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>csv, parquet: refuse (default), or mean: a feature's nulls, empty cells and those that hold one of <see cref="MissingSpellings"/>
    /// are filled in.</summary>
    public MissingValues Missing { get; init; } = MissingValues.Refuse;

    /// <summary>csv, parquet: what a cell holds whose value is missing, in features and label, beside nothing at all. A number stands for itself in
    /// any spelling. Default: <see cref="Granary.Jobs.MissingSpellings.Usual"/>.</summary>
    [JsonPropertyName("missingValues")]
    public IReadOnlyList<string> MissingSpellings { get; init; } = Granary.Jobs.MissingSpellings.Usual;

    /// <summary>Not for text: whether labels that look like a quantity or like names of rows are refused (auto), or are classes all the same;
    /// or numbers, which a regression learns. Default: auto.</summary>
    public LabelTarget Target { get; init; } = LabelTarget.Auto;

    /// <summary>csv, parquet: columns that are neither label nor feature. Default: none.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>csv, parquet: what the columns are, and how they become features; null (default): every column is a feature as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ColumnsSection? Columns { get; init; }

    /// <summary>csv only: whether rows are kept beside the source as numbers, for a second run to begin at once. Default: true.</summary>
    public bool Cache { get; init; } = true;

    /// <summary>images only: the height that all images are resized to, with <see cref="Width"/>; null (default): all must have that of the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Height { get; init; }

    /// <summary>images only: the width that all images are resized to, with <see cref="Height"/>; null (default): all must have that of the first.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Width { get; init; }

    /// <summary>images only: 1, grey, or 3, red, green and blue; null (default): 3, as <see cref="Colors"/> says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Channels { get; init; }

    /// <summary><see cref="Channels"/>, with the default filled in.</summary>
    [JsonIgnore]
    public int Colors => Channels ?? 3;

    /// <summary>libsvm only: number of features. Default: null, the greatest index in the data, the validation's own included.</summary>
    public int? Features { get; init; }

    /// <summary>Subtract each feature's mean and divide by its standard deviation, both over the training part
    /// (not for text; a constant feature becomes 0; of libsvm the values left out are zeros like any others). Default: false.</summary>
    public bool Standardize { get; init; }

    /// <summary>Where the target is a number: subtract its mean and divide by its standard deviation, both over the training part. Predictions and figures are in its
    /// own units all the same. Default: false.</summary>
    public bool StandardizeTarget { get; init; }

    /// <summary>text only: char (default), byte or bpe (transformer); word or whitespace (skip-gram).</summary>
    public TokenKind Tokens { get; init; } = TokenKind.Char;

    /// <summary>bpe only: the encoding by name; null where <see cref="Vocab"/> and <see cref="Merges"/> give one.</summary>
    public TokenEncoding? Encoding { get; init; }

    /// <summary>bpe only: vocab.json, every token and its number, as GPT-2 came with; null where an encoding is named.</summary>
    public string? Vocab { get; init; }

    /// <summary>bpe only: merges.txt, which belongs to it.</summary>
    public string? Merges { get; init; }

    /// <summary>text of words only: a word that occurs less often in the source is unknown, as <see cref="WordVocabulary.Unknown"/>;
    /// at least 1. Default: 5.</summary>
    public int MinCount { get; init; } = 5;

    /// <summary>text of characters or words only: a saved model, or a run's output folder, whose vocabulary is kept, token by token in its order.
    /// Absolute once a job file has been read. Default: null, the vocabulary is that of the text.</summary>
    public string? Vocabulary { get; init; }

    /// <summary>text for a transformer: tiled (default), or random. Random windows lie within a shard, every start in it is equally likely, and an epoch has
    /// as many of them as a tiled one, rounded up to whole batches.</summary>
    public TextWindows Windows { get; init; } = TextWindows.Tiled;

    /// <summary>What a format of one's own is told: names and values as the job file has them. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>What the examples are.</summary>
    [JsonIgnore]
    public ExampleKind Examples => FormatKinds.Of(Format).Examples(this);

    /// <summary>Whether the examples are of a text, and have no label.</summary>
    [JsonIgnore]
    public bool IsText => Examples != ExampleKind.Rows;

    /// <summary>Whether every label is a number that is to be predicted.</summary>
    [JsonIgnore]
    public bool HasNumbers => Target == LabelTarget.Number;

    /// <summary>Whether a row has any number of labels, each of which has a column.</summary>
    [JsonIgnore]
    public bool IsMultiLabel => Target == LabelTarget.Labels;

    /// <summary>Whether a row has one label, which is a class.</summary>
    [JsonIgnore]
    public bool HasClasses => !IsText && !HasNumbers && !IsMultiLabel;

    /// <summary>Whether the tokens are words.</summary>
    [JsonIgnore]
    public bool HasWords => Examples == ExampleKind.Pairs;

    /// <summary>Whether what is held out is the end of a text, which is then cut into V parts as the rest is.</summary>
    [JsonIgnore]
    public bool HasTextEnd => IsText && Validation.IsEnd;

    /// <summary>Whether held-out examples are read apart from the others: from a source of their own, or from the end of the same text.</summary>
    [JsonIgnore]
    public bool IsHeldOutApart => Validation.Path is not null || HasTextEnd;

    /// <summary>Whether windows of text are drawn, and may start anywhere.</summary>
    [JsonIgnore]
    public bool DrawsWindows => Windows == TextWindows.Random && Examples == ExampleKind.Windows;

    /// <summary>Whether the tokens are byte pairs.</summary>
    [JsonIgnore]
    public bool HasBytePairs => Examples == ExampleKind.Windows && Tokens == TokenKind.Bpe;

    /// <summary>V: the number of fixed parts the training data is cut into, whatever the cluster. Default: 8.</summary>
    public int Shards { get; init; } = 8;

    /// <summary>The held-out part. Default: none.</summary>
    public ValidationSection Validation { get; init; } = new();

    /// <summary>Equal in every key; lists by value.</summary>
    public bool Equals(DataSection? other) => other is not null
        && (Format, Path, Labels, Label, Delimiter, Missing) == (other.Format, other.Path, other.Labels, other.Label, other.Delimiter, other.Missing)
        && (Features, Standardize, Tokens, Shards, Validation) == (other.Features, other.Standardize, other.Tokens, other.Shards, other.Validation)
        && (Encoding, Vocab, Merges, Vocabulary, MinCount, Cache) == (other.Encoding, other.Vocab, other.Merges, other.Vocabulary, other.MinCount, other.Cache)
        && (Height, Width, Colors) == (other.Height, other.Width, other.Colors)
        && (Windows, Weight) == (other.Windows, other.Weight) && (LabelColumns ?? []).SequenceEqual(other.LabelColumns ?? [])
        && (Target, StandardizeTarget, Columns) == (other.Target, other.StandardizeTarget, other.Columns) && Options.Count == other.Options.Count && !Options.Except(other.Options).Any() && MissingSpellings.SequenceEqual(other.MissingSpellings) && Ignore.SequenceEqual(other.Ignore);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Format, Path, Labels, Label, Ignore.Count, Standardize, Shards, Validation);
}

/// <summary>The held-out part: a fraction of the source, one fold of it, or a source of its own; only one of them.</summary>
public sealed record ValidationSection
{
    /// <summary>Part of the source that is held out, in [0, 1). Text holds out one contiguous run per shard. Default: 0.</summary>
    public double Fraction { get; init; }

    /// <summary>Where the fraction is taken from; the end of a table is its last rows, files in their order. Default: anywhere.</summary>
    public HeldOutPlace From { get; init; } = HeldOutPlace.Anywhere;

    /// <summary>csv, parquet: a column of times, whose latest rows are the fraction. Default: null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Time { get; init; }

    /// <summary>csv, parquet: a column that names each row's group; all rows of a group are held out, or none is. Default: null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Group { get; init; }

    /// <summary>Classes: whether each class is split on its own. Default: false.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stratified { get; init; }

    /// <summary>Which of k folds is held out: see <see cref="Granary.Jobs.Fold"/>. Default: null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Fold { get; init; }

    /// <summary>A source of its own, in the same format (idx: the images' file).</summary>
    public string? Path { get; init; }

    /// <summary>Whether nothing is held out.</summary>
    [JsonIgnore]
    public bool IsNone => Path is null && Fraction == 0 && Fold is null;

    /// <summary>Whether the fraction is the source's end, or its latest rows.</summary>
    [JsonIgnore]
    public bool IsEnd => Path is null && Fraction > 0 && (From == HeldOutPlace.End || Time is not null);

    /// <summary>The column that decides which rows are held out; null: none does.</summary>
    [JsonIgnore]
    public string? Column => Group ?? Time;

    /// <summary>idx with a source of its own: the labels' file.</summary>
    public string? Labels { get; init; }

    /// <summary>Two classes: what the threshold on the second one's probability is chosen by, on the held-out examples: see <see cref="ThresholdRule"/>.
    /// Default: null, it is 0.5.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Threshold { get; init; }
}
