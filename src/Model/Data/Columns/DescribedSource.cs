using Granary.Jobs;
using Granary.Model.Data.Linear;

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

    /// <summary>The rows for a linear model, features not written out; null where they have to be.</summary>
    /// <param name="precision">Of outputs and gradients.</param>
    /// <param name="facts">What all shards agree on.</param>
    /// <param name="training">The rows that are trained on, in rising order; null: none of these are.</param>
    IExampleTensors? ToLinear(Precision precision, DataFacts facts, int[]? training);

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
internal sealed class DescribedSource(IReadOnlyList<string> columns, IReadOnlyList<ColumnSection> sections, CellTable cells, IReadOnlyList<string>?[] texts)
    : IFeatureSource, IDescribedColumns
{
    private readonly Dictionary<(int Column, int Number), ulong[]> _sorted = [];

    /// <summary>The cells.</summary>
    public CellTable Cells => cells;

    /// <summary>Of each column of texts the different ones, by the places that cells have; null of other columns.</summary>
    public IReadOnlyList<string>?[] Texts => texts;

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
    public IDenseRows Dense => cells.Of(Enumerable.Range(0, columns.Count).Where(c => texts[c] is null));

    /// <inheritdoc/>
    public ShardSurvey Tell(ShardSurvey survey) => survey with { LeftOut = LeftOut, Sections = sections };

    /// <inheritdoc/>
    public string Label(int row) => Classes[Labels[row]];

    /// <inheritdoc/>
    public FeatureMoments Moments(ReadOnlySpan<int> chosen, int features) => throw new NotSupportedException("Described columns have findings of their own.");

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts, int[]? order = null) => DenseTensors.Create(this, Encoded(facts.Table!), precision, facts, order);

    /// <inheritdoc/>
    // A row that weighs nothing is all zeros, whatever its cells are.
    public IExampleTensors? ToLinear(Precision precision, DataFacts facts, int[]? training) =>
        Weights is null && LinearTable.Of(cells, texts, facts.Table!) is { } table ? new LinearTensors(this, table, precision, facts, training) : null;

    /// <inheritdoc/>
    public IReadOnlyList<ColumnFindings> Findings(int[] rows) =>
        [.. Enumerable.Range(0, columns.Count).Select(c => texts[c] is { } own ? OfTexts(rows, c, own) : OfNumbers(rows, c))];

    private ColumnFindings OfNumbers(int[] rows, int column)
    {
        var (tally, some) = (ColumnKinds.Of(sections[column].Kind).Tally(sections[column]), new double[CellTable.Block]);
        foreach (var block in Blocks(rows))
        {
            cells[column].Read(block.Span, some);
            foreach (var x in some.AsSpan(0, block.Length))
            {
                tally.Add(x, null);
            }
        }

        return tally.Found;
    }

    // Each text is looked at once, however many rows have it.
    private ColumnFindings OfTexts(int[] rows, int column, IReadOnlyList<string> own)
    {
        var (counts, missing, some) = (new long[own.Count], 0L, new int[CellTable.Block]);
        foreach (var block in Blocks(rows))
        {
            cells[column].ReadWhole(block.Span, some);
            foreach (var place in some.AsSpan(0, block.Length))
            {
                if (place < 0)
                {
                    missing++;
                }
                else
                {
                    counts[place]++;
                }
            }
        }

        var tally = ColumnKinds.Of(sections[column].Kind).Tally(sections[column]);
        tally.Add(double.NaN, null, missing);
        for (var t = 0; t < counts.Length; t++)
        {
            if (counts[t] > 0)
            {
                tally.Add(double.NaN, own[t], counts[t]);
            }
        }

        return tally.Found;
    }

    private static IEnumerable<ReadOnlyMemory<int>> Blocks(int[] rows)
    {
        for (var first = 0; first < rows.Length; first += CellTable.Block)
        {
            yield return rows.AsMemory(first, Math.Min(CellTable.Block, rows.Length - first));
        }
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
        var (some, split, all) = (new double[CellTable.Block], new double[kind.Numbers(section).Count], new List<ulong>(rows.Length));
        foreach (var block in Blocks(rows))
        {
            cells[column].Read(block.Span, some);
            foreach (var cell in some.AsSpan(0, block.Length))
            {
                if (!double.IsNaN(cell))
                {
                    var x = NumberKind.Clipped(section, cell);
                    kind.Split(section, x, split);
                    all.Add(SortKey.Of(number < 0 ? x : split[number]));
                }
            }
        }

        keys = [.. all];
        Array.Sort(keys);
        return _sorted[(column, number)] = keys;
    }

    /// <inheritdoc/>
    public long[] Missing => cells.Missing();

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
