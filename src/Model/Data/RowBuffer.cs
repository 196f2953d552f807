namespace Granary.Model.Data;

/// <summary>Rows and their labels, as they come.</summary>
/// <param name="missing">Which labels are none.</param>
internal sealed class RowBuffer(MissingCells? missing = null)
{
    private readonly LabelNames _labels = new(missing);
    private double[] _values = new double[1 << 12];
    private int[] _ids = new int[1 << 6];
    private int _used;
    private int? _none;

    /// <summary>Row after row.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(0, _used);

    /// <summary>Every row's label, by its number in <see cref="Names"/>.</summary>
    public ReadOnlySpan<int> Labels => _ids.AsSpan(0, Count);

    /// <summary>Labels given.</summary>
    public int Count { get; private set; }

    /// <summary>The labels met so far, in earlier rows too.</summary>
    public IReadOnlyList<string> Names => _labels.Names;

    /// <summary>Of each feature column of texts its different ones, whose places its values are; null of other columns. Empty: no column has texts.</summary>
    public LabelNames?[] Texts { get; init; } = [];

    /// <summary>Gives a column's values, which are places, other ones.</summary>
    /// <param name="column">The column.</param>
    /// <param name="places">The other place of each one.</param>
    /// <param name="width">Numbers in a row.</param>
    public void Replace(int column, List<int> places, int width)
    {
        for (var at = column; at < _used; at += width)
        {
            _values[at] = double.IsNaN(_values[at]) ? double.NaN : places[(int)_values[at]];
        }
    }

    /// <summary>Every row's label by other numbers.</summary>
    /// <param name="numbers">The other number of each one.</param>
    public ReadOnlySpan<int> Renumbered(List<int> numbers)
    {
        for (var row = 0; row < Count; row++)
        {
            _ids[row] = numbers[_ids[row]];
        }

        return Labels;
    }

    /// <summary>Begins anew. The labels keep their numbers.</summary>
    public void Clear() => (_used, Count) = (0, 0);

    /// <summary>Room for one more row.</summary>
    public Span<double> Next(int features)
    {
        if (_used + features > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(2 * _values.Length, _used + features));
        }

        _used += features;
        return _values.AsSpan(_used - features, features);
    }

    /// <summary>The last row's label.</summary>
    public void Label(string name) => Add(_labels.Of(name));

    /// <summary>The last row has no label: its target is a number among its values.</summary>
    public void NoLabel() => Add(_none ??= _labels.Of(""));

    /// <summary>The last row's label as it is written; false: it has to be looked at more closely.</summary>
    public bool TryLabel(ReadOnlySpan<byte> text)
    {
        if (!_labels.TryOf(text, out var id))
        {
            return false;
        }

        Add(id);
        return true;
    }

    private void Add(int id)
    {
        if (Count == _ids.Length)
        {
            Array.Resize(ref _ids, 2 * Count);
        }

        _ids[Count++] = id;
    }
}
