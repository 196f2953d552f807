namespace Granary.Jobs;

/// <summary>Looks at the cells of one column, one after another.</summary>
public abstract class ColumnTally
{
    private long _rows;
    private long _missing;

    /// <summary>Looks at a cell.</summary>
    /// <param name="value">Of a kind whose cells are numbers: the number; NaN where it is missing.</param>
    /// <param name="text">Of a kind whose cells are texts: the text; null where it is missing.</param>
    /// <param name="times">How many cells are like it.</param>
    public void Add(double value, string? text, long times = 1)
    {
        _rows += times;
        if (double.IsNaN(value) && text is null)
        {
            _missing += times;
            return;
        }

        Count(value, text, times);
    }

    /// <summary>What was found.</summary>
    public ColumnFindings Found => Tell(new ColumnFindings(_rows, _missing));

    /// <summary>Looks at so many cells that have one value.</summary>
    protected abstract void Count(double value, string? text, long times);

    /// <summary>Adds what was found.</summary>
    protected abstract ColumnFindings Tell(ColumnFindings found);
}

/// <summary>Of numbers.</summary>
internal sealed class NumberTally(NumberKind kind, ColumnSection section) : ColumnTally
{
    private readonly Sums _value = new();
    private readonly bool _isNumber = kind.Numbers(section) is [""]; // the value itself: its sums are the number's
    private readonly Sums[] _numbers = [.. kind.Numbers(section).Select(_ => new Sums())];
    private readonly double[] _split = new double[kind.Numbers(section).Count];

    /// <inheritdoc/>
    protected override void Count(double value, string? text, long times)
    {
        var x = NumberKind.Clipped(section, value);
        if (!_isNumber)
        {
            kind.Split(section, x, _split);
        }

        for (var t = 0L; t < times; t++)
        {
            _value.Add(x);
            for (var i = 0; i < _split.Length && !_isNumber; i++)
            {
                _numbers[i].Add(_split[i]);
            }
        }
    }

    /// <inheritdoc/>
    protected override ColumnFindings Tell(ColumnFindings found) => found with { Value = _value.Found, Numbers = _isNumber ? [_value.Found] : [.. _numbers.Select(n => n.Found)] };

    private sealed class Sums
    {
        private readonly WideSum _sum = new();
        private readonly WideSum _squares = new();
        private double? _least;
        private double? _greatest;

        public NumberFindings Found => new(_sum.Value, _squares.Value, _least, _greatest);

        public void Add(double x)
        {
            _sum.Add(x);
            _squares.AddSquare(x);
            _least = x >= _least ? _least : x;
            _greatest = x <= _greatest ? _greatest : x;
        }
    }
}

/// <summary>Of categories.</summary>
/// <param name="most">How many there may be; of more, so many and one more are told. 0: nobody asks which there are.</param>
internal sealed class CategoryTally(int most) : ColumnTally
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    protected override void Count(double value, string? text, long times)
    {
        if (most > 0)
        {
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counts, text!, out _) += times;
        }
    }

    /// <inheritdoc/>
    protected override ColumnFindings Tell(ColumnFindings found) => found with
    {
        Categories = _counts.Count <= most ? _counts : _counts.OrderBy(c => c.Key, StringComparer.Ordinal).Take(most + 1).ToDictionary(),
        Distinct = _counts.Count,
    };
}

/// <summary>Of texts: in how many each bucket has an n-gram.</summary>
internal sealed class TextTally(ColumnSection section) : ColumnTally
{
    private readonly long[] _documents = new long[section.Weight == TextWeight.TfIdf ? section.Buckets!.Value : 0];

    /// <inheritdoc/>
    protected override void Count(double value, string? text, long times)
    {
        if (_documents.Length > 0)
        {
            foreach (var bucket in WordGrams.Of(text!, section.Ngrams!.Value).Select(g => Murmur.Bucket(g, _documents.Length)).Distinct())
            {
                _documents[bucket] += times;
            }
        }
    }

    /// <inheritdoc/>
    protected override ColumnFindings Tell(ColumnFindings found) => found with { Documents = _documents };
}
