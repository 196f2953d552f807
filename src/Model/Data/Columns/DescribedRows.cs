using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Takes in the rows of a table whose columns a job describes.</summary>
/// <param name="columns">The table's columns.</param>
/// <param name="sections">What each feature column is.</param>
/// <param name="data">What the label is.</param>
internal sealed class DescribedRows(TableColumns columns, IReadOnlyList<ColumnSection> sections, DataSection data) : IRowSink
{
    /// <summary>Rows that a reader gathers before it has them taken.</summary>
    public const int TakenAtOnce = 1 << 10;

    private readonly CellColumn[] _cells = [.. Enumerable.Range(0, columns.Numbers).Select(_ => new CellColumn())]; // features, numbers behind them, what rows are held out by
    private readonly List<int> _labels = [];

    /// <inheritdoc/>
    public LabelNames?[] Texts { get; } = [.. sections.Select(s => ColumnKinds.Of(s.Kind).IsText ? new LabelNames() : null)];

    /// <summary>Where a reader gathers rows whose texts have the places in here.</summary>
    public RowBuffer Buffer() => new() { Texts = Texts };

    /// <summary>Takes gathered rows, and leaves room for others.</summary>
    public void Take(RowBuffer rows)
    {
        Append(rows.Values, rows.Labels);
        rows.Clear();
    }

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<double> values, ReadOnlySpan<int> labels)
    {
        for (var c = 0; c < _cells.Length; c++)
        {
            _cells[c].Add(values, c, _cells.Length);
        }

        _labels.AddRange(labels);
    }

    /// <summary>All rows.</summary>
    /// <param name="classes">The labels that rows have by their places.</param>
    /// <param name="areDealt">Whether they were dealt to the shards one by one.</param>
    public DescribedSource Done(IReadOnlyList<string> classes, bool areDealt = false)
    {
        foreach (var column in _cells)
        {
            column.Close();
        }

        return new DescribedSource(
            [.. columns.Features.Select(f => columns.Names[f])], sections, new CellTable(_cells[..sections.Count], _labels.Count), [.. Texts.Select(t => t?.Names)])
        {
            Targets = ExtraNumbers(NumberRole.Target).FirstOrDefault(),
            LabelIndicators = data.IsMultiLabel ? ExtraNumbers(NumberRole.Label) : null,
            Weights = ExtraNumbers(NumberRole.Weight).FirstOrDefault(),
            Classes = data.HasClasses ? classes : [],
            Labels = data.HasClasses ? [.. _labels] : new int[_labels.Count],
            LeftOut = columns.LeftOut,
            SplitNumbers = columns.SplitBy is null ? null : All(_cells[^1]),
            IsDealt = areDealt,
        };
    }

    private double[][] ExtraNumbers(NumberRole role) =>
        [.. Enumerable.Range(0, columns.ExtraNumbers.Count).Where(i => columns.ExtraNumbers[i].Role == role).Select(i => All(_cells[sections.Count + i]))];

    private static double[] All(CellColumn column)
    {
        var cells = new double[column.Count];
        column.Read(0, cells);
        return cells;
    }
}
