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
    private readonly List<double>[] _extra = [.. columns.ExtraNumbers.Select(_ => new List<double>())];
    private readonly List<double> _splits = [];
    private int _rows;
    private readonly List<int> _labels = [];
    private readonly LabelNames _names = new();

    /// <summary>The next cell of the present row, in the order of the columns.</summary>
    public void Add(double value) => _values.Add(value);

    /// <summary>The same of a column of texts.</summary>
    /// <param name="column">Its place.</param>
    /// <param name="text">The text; null where it is missing.</param>
    public void Add(int column, string? text) => _values.Add(text is null ? double.NaN : _texts[column]!.Of(text));

    /// <summary>The same of characters.</summary>
    /// <param name="column">Its place.</param>
    /// <param name="text">The text, which is not missing.</param>
    public void Add(int column, ReadOnlySpan<char> text) => _values.Add(_texts[column]!.Of(text));

    /// <summary>The present row's label.</summary>
    public void Label(string label) => _labels.Add(_names.Of(label));

    /// <summary>One of the numbers of the present row that stand behind its features.</summary>
    /// <param name="i">Which of them.</param>
    /// <param name="value">The number.</param>
    public void ExtraNumber(int i, double value) => _extra[i].Add(value);

    /// <summary>The present row ends.</summary>
    public void End() => _rows++;

    /// <summary>What the present row is held out by.</summary>
    public void Split(double number) => _splits.Add(number);

    /// <summary>All rows.</summary>
    /// <param name="areDealt">Whether they were dealt to the shards one by one.</param>
    public DescribedSource Done(bool areDealt = false)
    {
        double[][] ExtraNumbers(NumberRole role) => [.. Enumerable.Range(0, _extra.Length).Where(i => columns.ExtraNumbers[i].Role == role).Select(i => _extra[i].ToArray())];
        return new DescribedSource(
            [.. columns.Features.Select(f => columns.Names[f])], sections, new ArrayRows([.. _values], sections.Count, _rows), [.. _texts.Select(t => t?.Names)])
        {
            Targets = ExtraNumbers(NumberRole.Target).FirstOrDefault(),
            LabelIndicators = data.IsMultiLabel ? ExtraNumbers(NumberRole.Label) : null,
            Weights = ExtraNumbers(NumberRole.Weight).FirstOrDefault(),
            Classes = data.HasClasses ? _names.Names : [],
            Labels = data.HasClasses ? [.. _labels] : new int[_rows],
            LeftOut = columns.LeftOut,
            SplitNumbers = columns.SplitBy is null ? null : [.. _splits],
            IsDealt = areDealt,
        };
    }
}
