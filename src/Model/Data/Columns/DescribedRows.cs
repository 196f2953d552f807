using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Takes in the rows of a table whose columns a job describes.</summary>
/// <param name="columns">The table's columns.</param>
/// <param name="sections">What each feature column is.</param>
/// <param name="data">What the label is.</param>
internal sealed class DescribedRows(TableColumns columns, IReadOnlyList<ColumnSection> sections, DataSection data)
{
    private readonly LabelNames?[] _texts = [.. sections.Select(s => ColumnKinds.Of(s.Kind).IsText ? new LabelNames() : null)];
    private readonly List<double> _values = [];
    private readonly List<double> _targets = [];
    private readonly List<double> _splits = [];
    private readonly List<int> _labels = [];
    private readonly LabelNames _names = new();

    /// <summary>The next cell of the present row, in the order of the columns.</summary>
    public void Add(double value) => _values.Add(value);

    /// <summary>The same of a column of texts.</summary>
    /// <param name="column">Its place.</param>
    /// <param name="text">The text; null where it is missing.</param>
    public void Add(int column, string? text) => _values.Add(text is null ? double.NaN : _texts[column]!.Of(text));

    /// <summary>The present row's label.</summary>
    public void Label(string label) => _labels.Add(_names.Of(label));

    /// <summary>The present row's target.</summary>
    public void Target(double target) => _targets.Add(target);

    /// <summary>What the present row is held out by.</summary>
    public void Split(double number) => _splits.Add(number);

    /// <summary>All rows.</summary>
    /// <param name="areDealt">Whether they were dealt to the shards one by one.</param>
    public DescribedSource Done(bool areDealt = false)
    {
        var rows = data.HasNumbers ? _targets.Count : _labels.Count;
        return new DescribedSource(
            [.. columns.Features.Select(f => columns.Names[f])], sections, new ArrayRows([.. _values], sections.Count, rows), [.. _texts.Select(t => t?.Names)])
        {
            Targets = data.HasNumbers ? [.. _targets] : null,
            Classes = data.HasNumbers ? [] : _names.Names,
            Labels = data.HasNumbers ? new int[rows] : [.. _labels],
            LeftOut = columns.LeftOut,
            SplitNumbers = columns.SplitBy is null ? null : [.. _splits],
            IsDealt = areDealt,
        };
    }
}
