using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>What a source with described columns tells of some of its rows, so that the columns can be fitted.</summary>
internal interface IDescribedColumns
{
    /// <summary>Of each column.</summary>
    IReadOnlyList<ColumnFindings> Findings(int[] rows);

    /// <summary>The answers to questions about the numbers' order.</summary>
    IReadOnlyList<long[]> Ranks(int[] rows, IReadOnlyList<KeyRange> questions);

    /// <summary>What each column is.</summary>
    IReadOnlyList<ColumnSection> Sections { get; }

    /// <summary>Cells without a value, of each column.</summary>
    long[] Missing { get; }

    /// <summary>The first rows as a model sees them.</summary>
    /// <param name="table">Fitted columns.</param>
    /// <param name="count">How many, at the most.</param>
    double[][] Preview(TableEncoding table, int count);
}

/// <summary>Rows of cells under columns that a job describes.</summary>
/// <param name="columns">Their names.</param>
/// <param name="sections">What each is, every default filled in.</param>
/// <param name="cells">Of each row and column its number, or the place of its text; NaN where it is missing.</param>
/// <param name="texts">Of each column of texts the different ones; null of other columns.</param>
internal sealed class DescribedSource(IReadOnlyList<string> columns, IReadOnlyList<ColumnSection> sections, IDenseRows cells, IReadOnlyList<string>?[] texts)
    : IFeatureSource, IDescribedColumns
{
    private readonly Dictionary<(int Column, int Number), ulong[]> _sorted = [];

    /// <inheritdoc/>
    public int Rows => cells.Count;

    /// <inheritdoc/>
    public int Features => columns.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns => columns;

    /// <inheritdoc/>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Which class each row has.</summary>
    public required int[] Labels { get; init; }

    /// <inheritdoc/>
    public double[]? Targets { get; init; }

    /// <inheritdoc/>
    public double[]? Weights { get; init; }

    /// <inheritdoc/>
    public double[][]? LabelIndicators { get; init; }

    /// <inheritdoc/>
    public double[]? SplitNumbers { get; init; }

    /// <inheritdoc/>
    public bool IsDealt { get; init; }

    /// <summary>Columns that were taken for a row's number and are no features.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <inheritdoc/>
    public IDescribedColumns Described => this;

    /// <inheritdoc/>
    public IReadOnlyList<ColumnSection> Sections => sections;

    /// <inheritdoc/>
    public bool MayHaveCodes => true;

    /// <inheritdoc/>
    /// <remarks>Of the columns of numbers alone.</remarks>
    public IDenseRows Dense => new SomeColumns(cells, [.. Enumerable.Range(0, columns.Count).Where(c => texts[c] is null)]);

    /// <inheritdoc/>
    public ShardSurvey Tell(ShardSurvey survey) => survey with { LeftOut = LeftOut, Sections = sections };

    /// <inheritdoc/>
    public string Label(int row) => Classes[Labels[row]];

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> chosen, int features) => throw new NotSupportedException("Described columns have findings of their own.");

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null) => DenseTensors.Create(this, Encoded(facts.Table!), precision, facts, order);

    /// <inheritdoc/>
    public IReadOnlyList<ColumnFindings> Findings(int[] rows)
    {
        ColumnTally[] tallies = [.. sections.Select(s => ColumnKinds.Of(s.Kind).Tally(s))];
        var row = new double[columns.Count];
        foreach (var r in rows)
        {
            cells.Read(r, row);
            for (var c = 0; c < row.Length; c++)
            {
                tallies[c].Add(texts[c] is null ? row[c] : double.NaN, texts[c] is { } own && !double.IsNaN(row[c]) ? own[(int)row[c]] : null);
            }
        }

        return [.. tallies.Select(t => t.Found)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<long[]> Ranks(int[] rows, IReadOnlyList<KeyRange> questions)
    {
        lock (_sorted)
        {
            return [.. questions.Select(q => q.CountIn(Sorted(rows, q.Column, q.Number)))];
        }
    }

    // The keys of a column's values in order, kept from one round of questions to the next.
    private ulong[] Sorted(int[] rows, int column, int number)
    {
        if (_sorted.TryGetValue((column, number), out var keys))
        {
            return keys;
        }

        var (section, kind) = (sections[column], (NumberKind)ColumnKinds.Of(sections[column].Kind));
        var (row, split, all) = (new double[columns.Count], new double[kind.Numbers(section).Count], new List<ulong>(rows.Length));
        foreach (var r in rows)
        {
            cells.Read(r, row);
            if (!double.IsNaN(row[column]))
            {
                var x = NumberKind.Clipped(section, row[column]);
                kind.Split(section, x, split);
                all.Add(SortKey.Of(number < 0 ? x : split[number]));
            }
        }

        keys = [.. all];
        Array.Sort(keys);
        return _sorted[(column, number)] = keys;
    }

    /// <inheritdoc/>
    public long[] Missing
    {
        get
        {
            var (missing, row) = (new long[columns.Count], new double[columns.Count]);
            for (var r = 0; r < cells.Count; r++)
            {
                cells.Read(r, row);
                for (var c = 0; c < row.Length; c++)
                {
                    missing[c] += double.IsNaN(row[c]) ? 1 : 0;
                }
            }

            return missing;
        }
    }

    /// <inheritdoc/>
    public double[][] Preview(TableEncoding table, int count)
    {
        var encoded = Encoded(table);
        return [.. Enumerable.Range(0, Math.Min(count, cells.Count)).Select(r =>
        {
            var features = new double[encoded.Features];
            encoded.Read(r, features);
            return features;
        })];
    }

    private EncodedRows Encoded(TableEncoding table) => new(cells, texts, new TableEncoder(table));
}

/// <summary>Features of cells, made anew whenever a row is asked for.</summary>
/// <param name="cells">The cells.</param>
/// <param name="texts">What texts' places stand for.</param>
/// <param name="encoder">Makes features of them.</param>
internal sealed class EncodedRows(IDenseRows cells, IReadOnlyList<string>?[] texts, TableEncoder encoder) : IDenseRows
{
    private const int FewCells = 256;

    /// <inheritdoc/>
    public int Count => cells.Count;

    /// <inheritdoc/>
    public int Features => encoder.Features.Count;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into)
    {
        Span<double> own = cells.Features <= FewCells ? stackalloc double[cells.Features] : new double[cells.Features];
        cells.Read(row, own);
        encoder.Encode(own, texts, into);
    }
}

/// <summary>Some columns of rows.</summary>
internal sealed class SomeColumns(IDenseRows rows, int[] columns) : IDenseRows
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Features => columns.Length;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into)
    {
        var all = new double[rows.Features];
        rows.Read(row, all);
        for (var c = 0; c < into.Length; c++)
        {
            into[c] = all[columns[c]];
        }
    }
}
