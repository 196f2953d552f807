namespace Granary.Jobs;

/// <summary>A kind of column: how its cells are read, what must be known of the training part, and how a cell becomes features. One class for each kind,
/// and one line in <see cref="ColumnKinds"/>.</summary>
public abstract class ColumnKind
{
    /// <summary>Its name in a job file.</summary>
    public abstract string Name { get; }

    /// <summary>What it becomes, in one sentence without a full stop, for the reference.</summary>
    public abstract string Doc { get; }

    /// <summary>The keys of a column that have a meaning for it, besides kind, missing and fill.</summary>
    public abstract IReadOnlyList<string> Keys { get; }

    /// <summary>What may become of a missing value.</summary>
    public abstract IReadOnlyList<MissingRule> Missings { get; }

    /// <summary>What a cell must be, for messages: "a number".</summary>
    public abstract string Wants(ColumnSection section);

    /// <summary>Whether cells are texts. Else each is a number, which <see cref="TryParse"/> gives.</summary>
    public virtual bool IsText => false;

    /// <summary>Whether dates in a file that has a type for them are such cells, as days since 1970-01-01. Default: no.</summary>
    public virtual bool TakesDates => false;

    /// <summary>A cell as a number.</summary>
    /// <param name="section">The column.</param>
    /// <param name="text">The cell, trimmed, which has a value.</param>
    /// <param name="value">A finite number.</param>
    public virtual bool TryParse(ColumnSection section, ReadOnlySpan<char> text, out double value)
    {
        value = double.NaN;
        return false;
    }

    /// <summary>The column with every default filled in.</summary>
    /// <param name="given">What the job says.</param>
    /// <param name="data">Its data section.</param>
    public abstract ColumnSection Complete(ColumnSection given, DataSection data);

    /// <summary>The rule between keys that a column breaks: the key and a message that follows on the column's name; null (default): none.</summary>
    public virtual (string Key, string Message)? Broken(ColumnSection section) => null;

    /// <summary>Looks at a column's cells.</summary>
    /// <param name="section">The column, every default filled in.</param>
    public abstract ColumnTally Tally(ColumnSection section);

    /// <summary>What an encoder of a fitted column is like.</summary>
    public abstract ColumnEncoder Encoder(FittedColumn column);

    /// <summary>What of a fitted column, which a file may have forged, cannot be; null: nothing.</summary>
    public abstract string? Forged(FittedColumn column);
}

/// <summary>Makes features of the cells of one fitted column. Safe for several threads at once.</summary>
public abstract class ColumnEncoder
{
    /// <summary>The features' names, in their order.</summary>
    public abstract IReadOnlyList<string> Features { get; }

    /// <summary>Where the network takes a vector in the place of one of these features: how, by its place among them. Default: null, nowhere.</summary>
    public virtual EmbeddedFeature? Embedded => null;

    /// <summary>How many of the features, the first ones, are numbers of any size; each of the others is 0 or 1, and few of them are 1. Null (default): any may be
    /// anything.</summary>
    public virtual int? Numbers => null;

    /// <summary>Of a kind whose cells are texts and give a single feature: which one; null: they are to be encoded. A table has many texts, and a column may have many features.</summary>
    /// <param name="text">The text; null where it is missing.</param>
    public virtual int? Only(string? text) => null;

    /// <summary>Writes a cell's features.</summary>
    /// <param name="value">Of a kind whose cells are numbers: the number; NaN where it is missing.</param>
    /// <param name="text">Of a kind whose cells are texts: the text; null where it is missing.</param>
    /// <param name="into">One number for each feature; zeros so far.</param>
    public abstract void Encode(double value, string? text, Span<double> into);
}

/// <summary>A column whose statistics are known: with a cell it gives features, in training and in use.</summary>
/// <param name="Name">The column.</param>
/// <param name="Section">What it is, with every default filled in.</param>
public sealed record FittedColumn(string Name, ColumnSection Section)
{
    /// <summary>What a missing number becomes; null: it is refused, or the column has texts.</summary>
    public double? Fill { get; init; }

    /// <summary>What is subtracted from each of its scaled numbers.</summary>
    public double[] Center { get; init; } = [];

    /// <summary>What each is then divided by; 0: the number is the same in every example, and becomes 0.</summary>
    public double[] Divisor { get; init; } = [];

    /// <summary>Categories that have a feature of their own, in ordinal order.</summary>
    public string[] Categories { get; init; } = [];

    /// <summary>What the count of an n-gram in each bucket is multiplied with; empty: 1.</summary>
    public double[] Weights { get; init; } = [];

    /// <summary>Its kind.</summary>
    internal ColumnKind KindOf => ColumnKinds.Of(Section.Kind);
}
