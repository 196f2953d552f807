namespace Granary.Jobs;

/// <summary>How the columns of a table become features: all that is needed besides the cells.</summary>
/// <param name="Columns">In the order of the table's features.</param>
public sealed record TableEncoding(IReadOnlyList<FittedColumn> Columns)
{
    /// <summary>The columns' names, in order.</summary>
    public IReadOnlyList<string> Names() => [.. Columns.Select(c => c.Name)];

    /// <summary>The columns as a data section describes them, for other data that is to be read as training data was.</summary>
    public ColumnsSection Sections() => new(false, Columns.ToDictionary(c => c.Name, c => c.Section));

    /// <summary>What does not hold in what a file says of it; null: all does.</summary>
    /// <param name="features">The features that a model has.</param>
    public string? Broken(IReadOnlyList<string> features)
    {
        foreach (var column in Columns)
        {
            if (column is not { Name: not null, Section: not null } || !ColumnKinds.IsKnown(column.Section.Kind))
            {
                return "a column is of no kind";
            }

            var kind = column.KindOf;
            if (column.Section.Missing is not { } rule || !kind.Missings.Contains(rule) || kind.Broken(column.Section) is not null || kind.Forged(column) is not null)
            {
                return $"the column '{column.Name}' cannot be used: {kind.Forged(column) ?? "its keys do not go together"}";
            }
        }

        return new TableEncoder(this).Features.SequenceEqual(features) ? null : "the columns do not give the model's features";
    }

    /// <summary>Before anything is fitted; null where the job describes no columns.</summary>
    internal static TableEncoding? Unfitted(ShardSurvey survey) =>
        survey.Sections is { } sections ? new TableEncoding([.. survey.Columns.Zip(sections, (name, section) => new FittedColumn(name, section))]) : null;
}

/// <summary>Makes features of the cells of a row. Safe for several threads at once.</summary>
public sealed class TableEncoder
{
    private readonly ColumnEncoder[] _columns;
    private readonly int[] _first;

    /// <param name="table">Fitted columns.</param>
    public TableEncoder(TableEncoding table)
    {
        _columns = [.. table.Columns.Select(c => c.KindOf.Encoder(c))];
        _first = new int[_columns.Length + 1];
        for (var c = 0; c < _columns.Length; c++)
        {
            _first[c + 1] = checked(_first[c] + _columns[c].Features.Count);
        }

        Features = [.. _columns.SelectMany(c => c.Features)];
    }

    /// <summary>All features' names, in their order.</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>Features in whose place a network takes a vector; null: there are none.</summary>
    public IReadOnlyList<EmbeddedFeature>? Embedded
    {
        get
        {
            var all = _columns.Select((column, c) => column.Embedded is { } own ? own with { Feature = _first[c] + own.Feature } : null).OfType<EmbeddedFeature>().ToArray();
            return all.Length > 0 ? all : null;
        }
    }

    /// <summary>For each column, where its features end: those of column c are from the end of the one before it up to <c>Ends[c]</c>.</summary>
    public IReadOnlyList<int> Ends => _first[1..];

    /// <summary>Writes a row's features.</summary>
    /// <param name="values">One for each column: its number, or the place of its text; NaN where it is missing.</param>
    /// <param name="texts">Of each column of texts, the texts that its values are places of; null of other columns.</param>
    /// <param name="into">One number for each feature.</param>
    public void Encode(ReadOnlySpan<double> values, IReadOnlyList<string>?[] texts, Span<double> into)
    {
        into.Clear();
        for (var c = 0; c < _columns.Length; c++)
        {
            _columns[c].Encode(values[c], texts[c] is { } own && !double.IsNaN(values[c]) ? own[(int)values[c]] : null, into[_first[c].._first[c + 1]]);
        }
    }
}
