using Granary.Jobs;

namespace Granary.Model.Data.Linear;

/// <summary>Takes the features of one column apart: what the column's encoder makes of each different cell is looked at once.</summary>
/// <param name="column">The fitted column.</param>
/// <param name="encoder">Its encoder.</param>
/// <param name="cells">Its cells.</param>
/// <param name="first">Its first feature.</param>
/// <param name="none">Stands for no feature.</param>
internal sealed class LinearColumn(FittedColumn column, ColumnEncoder encoder, CellColumn cells, int first, int none)
{
    private const int MostKnown = 1 << 16;

    private readonly double[] _features = new double[encoder.Features.Count];

    /// <summary>Of texts: each gives one feature.</summary>
    /// <param name="texts">The texts by their places.</param>
    public ChoiceTerm Texts(IReadOnlyList<string> texts)
    {
        var features = new int[texts.Count + 1];
        features[0] = column.Section.Missing == MissingRule.Refuse ? none : Only(null);
        for (var t = 0; t < texts.Count; t++)
        {
            features[t + 1] = Only(texts[t]);
        }

        return new ChoiceTerm(cells, features);
    }

    private int Only(string? text) => encoder.Only(text) is { } own ? first + own : Encoded(double.NaN, text) is [var feature] ? feature : none;

    // The features of a cell that are 1, those of numbers left out.
    private int[] Encoded(double value, string? text)
    {
        Array.Clear(_features);
        encoder.Encode(value, text, _features);
        return [.. Enumerable.Range(encoder.Numbers!.Value, _features.Length - encoder.Numbers.Value).Where(f => _features[f] != 0).Select(f => first + f)];
    }

    /// <summary>Of numbers, whose features are some numbers and, of others, a few that are 1.</summary>
    public (IReadOnlyList<NumberTerm> Numbers, IReadOnlyList<ChoiceTerm> Choices) Numbers()
    {
        var (kind, section) = ((NumberKind)ColumnKinds.Of(column.Section.Kind), column.Section);
        var names = kind.Numbers(section);
        if (names is [""] && kind.Choices(section).Count == 0)
        {
            return ([NumberTerm.Of(first, cells, column)], section.Missing == MissingRule.Slot ? [Gaps()] : []);
        }

        var (patterns, places) = (new Patterns(), new CellColumn());
        var numbers = new CellColumn[names.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = new CellColumn();
        }

        var known = new Dictionary<double, (double[] Numbers, int Place)>();
        foreach (var cell in Cells())
        {
            if (!known.TryGetValue(cell, out var parts))
            {
                parts = Parts(kind, cell, patterns);
                if (known.Count < MostKnown)
                {
                    known.Add(cell, parts);
                }
            }

            places.Add(parts.Place);
            for (var i = 0; i < numbers.Length; i++)
            {
                numbers[i].Add(parts.Numbers[i]);
            }
        }

        places.Close();
        return (
            [.. numbers.Select((n, i) => new NumberTerm(first + i, n.Close(), null, null, column.Center[i], column.Divisor[i]))],
            [.. patterns.Features(none).Select(features => new ChoiceTerm(places, features))]);
    }

    private (double[] Numbers, int Place) Parts(NumberKind kind, double cell, Patterns patterns)
    {
        var parts = new double[kind.Numbers(column.Section).Count];
        kind.Split(column.Section, double.IsNaN(cell) ? column.Fill!.Value : NumberKind.Clipped(column.Section, cell), parts);
        return (parts, patterns.Place(Encoded(cell, null)));
    }

    // The last feature says that there is no value.
    private ChoiceTerm Gaps() => new(CellColumn.Of(Cells().Select(cell => double.IsNaN(cell) ? 0 : double.NaN)), [none, first + _features.Length - 1]);

    private IEnumerable<double> Cells()
    {
        var some = new double[CellTable.Block];
        for (var row = 0; row < cells.Count; row += some.Length)
        {
            var count = Math.Min(some.Length, cells.Count - row);
            cells.Read(row, some.AsSpan(0, count));
            for (var i = 0; i < count; i++)
            {
                yield return some[i];
            }
        }
    }

    // The different sets of features that cells have.
    private sealed class Patterns
    {
        private readonly Dictionary<string, int> _places = [];
        private readonly List<int[]> _sets = [];

        public int Place(int[] features)
        {
            var key = string.Join(',', features);
            if (!_places.TryGetValue(key, out var place))
            {
                _places.Add(key, place = _sets.Count);
                _sets.Add(features);
            }

            return place;
        }

        // A list for each feature that a set has at the most: no place, which no row has, and then each place's one.
        public IEnumerable<int[]> Features(int none)
        {
            var most = _sets.Count == 0 ? 0 : _sets.Max(s => s.Length);
            return Enumerable.Range(0, most).Select(k => (int[])[none, .. _sets.Select(s => k < s.Length ? s[k] : none)]);
        }
    }
}
