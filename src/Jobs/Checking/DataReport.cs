using System.Globalization;

namespace Granary.Jobs;

/// <summary>What a check found in a job's data: everything that was guessed about it, for its user to see.</summary>
/// <param name="Format">csv, libsvm, parquet, idx or text.</param>
/// <param name="Files">The source's files, in the order in which they are read.</param>
/// <param name="ValidationFiles">The same of the validation's own source; empty without one.</param>
/// <param name="Label">The label's column; null where it has no name.</param>
/// <param name="Classes">The classes, in class order, or the labels, in the order of their columns; empty for text, and where the target is a number.</param>
/// <param name="Ignored">Columns that the job ignores.</param>
/// <param name="LeftOut">Columns that are taken for the rows' own names or numbers.</param>
/// <param name="Columns">The features, in order; empty where nobody asked for them, for text, and for sparse sources of many.</param>
/// <param name="Text">Of a text; null otherwise.</param>
/// <param name="Sparse">Of a sparse source; null otherwise.</param>
/// <param name="Delimiter">csv: what stands between cells; null otherwise.</param>
public sealed record DataReport(
    string Format,
    IReadOnlyList<FileReport> Files,
    IReadOnlyList<FileReport> ValidationFiles,
    string? Label,
    IReadOnlyList<ClassReport> Classes,
    IReadOnlyList<string> Ignored,
    IReadOnlyList<string> LeftOut,
    IReadOnlyList<ColumnReport> Columns,
    TextReport? Text,
    SparseReport? Sparse,
    string? Delimiter)
{
    /// <summary>Whether <see cref="Classes"/> are labels of which a row has any number.</summary>
    public bool IsMultiLabel { get; init; }

    /// <summary>Where the target is a number; null otherwise.</summary>
    public TargetReport? Target { get; init; }

    /// <summary>Where the job says by what rows are held out; null otherwise.</summary>
    public SplitReport? Split { get; init; }

    /// <summary>What rows weigh, where a column says it; null otherwise.</summary>
    public WeightReport? Weights { get; init; }

    /// <summary>Where the job describes columns: the first rows as a model sees them; null otherwise.</summary>
    public PreviewReport? Preview { get; init; }
}

/// <summary>By what rows are held out.</summary>
/// <param name="By">rows, classes, groups, time or end.</param>
/// <param name="Column">The column of the groups or times; null: there is none.</param>
/// <param name="Fraction">The fraction that was asked for; null: it is a fold.</param>
/// <param name="Fold">Which fold; null: it is a fraction.</param>
/// <param name="Share">The part of the rows that is held out.</param>
/// <param name="From">time: the earliest time held out; null otherwise.</param>
public sealed record SplitReport(string By, string? Column, double? Fraction, string? Fold, double Share, string? From)
{
    /// <summary>Of a job; null: it has no such rule.</summary>
    /// <param name="job">The job.</param>
    /// <param name="facts">What the shards agree on.</param>
    /// <param name="time">Writes a time.</param>
    public static SplitReport? Of(Job job, DataFacts facts, Func<double, string> time)
    {
        if (SplitRule.Of(job) is not { } rule)
        {
            return null;
        }

        var (held, training) = (facts.ValidationRows.Sum(), facts.TrainingRows.Sum());
        return new SplitReport(
            rule.HasGroups ? "groups" : rule.HasTimes ? "time" : rule.IsInOrder ? "end" : rule.HasStrata ? "classes" : "rows",
            job.Data.Validation.Column,
            rule.Fold is null ? job.Data.Validation.Fraction : null,
            rule.Fold?.ToString(),
            (double)held / (held + training),
            rule.HasTimes ? time(SortKey.ToDouble(facts.HeldOut![0].First)) : null);
    }
}

/// <summary>Some rows as a model sees them.</summary>
/// <param name="Features">Names of the features, or of the first of them.</param>
/// <param name="Rows">The features of each row.</param>
public sealed record PreviewReport(IReadOnlyList<string> Features, IReadOnlyList<double[]> Rows);

/// <summary>A target that is a number, over all examples of the source.</summary>
/// <param name="Least">The least value.</param>
/// <param name="Greatest">The greatest value.</param>
/// <param name="Mean">Their mean; null: their sum is too large for a number.</param>
/// <param name="Deviation">Their standard deviation; null likewise.</param>
public sealed record TargetReport(double Least, double Greatest, double? Mean, double? Deviation);

/// <summary>What rows weigh.</summary>
/// <param name="Column">The column that says it.</param>
/// <param name="Least">The least weight.</param>
/// <param name="Greatest">The greatest weight.</param>
/// <param name="Training">What the training examples weigh in all.</param>
/// <param name="HeldOut">What the held-out examples weigh in all; 0 without any.</param>
public sealed record WeightReport(string Column, double Least, double Greatest, double Training, double HeldOut);

/// <summary>A file.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Form">What is unusual about it ("gzip", "UTF-16"), and of an IDX file type and dimensions ("int16, 60 x 4"); null: nothing, or it was not asked for.</param>
public sealed record FileReport(string Path, long Bytes, string? Form);

/// <summary>A class.</summary>
/// <param name="Name">Its label.</param>
/// <param name="Training">Examples of it that are trained on.</param>
/// <param name="HeldOut">Examples of it that are held out.</param>
public sealed record ClassReport(string Name, long Training, long HeldOut);

/// <summary>A feature, over all examples of the source.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsWhole">Whether every value is a whole number.</param>
/// <param name="Least">The least value; null: there is none.</param>
/// <param name="Greatest">The greatest value; null: there is none.</param>
/// <param name="Mean">Their mean; null: there is none, or their sum is too large for a number.</param>
/// <param name="Missing">Examples without a value.</param>
/// <param name="Distinct">Different values; null: more than were counted.</param>
/// <param name="Given">Sparse: examples in which it is written; null otherwise.</param>
public sealed record ColumnReport(string Name, bool IsWhole, double? Least, double? Greatest, double? Mean, long Missing, int? Distinct, long? Given = null)
{
    /// <summary>Of a column that the job describes, its kind; null otherwise.</summary>
    public string? Kind { get; init; }

    /// <summary>Whether all its values are equal.</summary>
    public bool IsConstant => Least is not null && Least == Greatest;

    /// <summary>A value as people read it: whole numbers in full, others to five digits.</summary>
    public static string Number(double value) => Math.Abs(value) < 1e15 && double.IsInteger(value)
        ? value.ToString("0", CultureInfo.InvariantCulture)
        : value.ToString("G5", CultureInfo.InvariantCulture);
}

/// <summary>Examples most of whose numbers are 0 and left out.</summary>
/// <param name="Given">Numbers that are there.</param>
/// <param name="Least">The least of them.</param>
/// <param name="Greatest">The greatest of them.</param>
public sealed record SparseReport(long Given, double Least, double Greatest);

/// <summary>A text.</summary>
/// <param name="Tokens">What a token is: char, byte, bpe, word or whitespace.</param>
/// <param name="Count">Tokens in the source.</param>
/// <param name="Vocabulary">Different tokens that a model of it knows.</param>
/// <param name="Known">The tokens by id, or the first of them; empty where they have no names.</param>
/// <param name="Unknown">Words: how many are too rare to be known.</param>
public sealed record TextReport(string Tokens, long Count, int Vocabulary, IReadOnlyList<string> Known, long Unknown);
