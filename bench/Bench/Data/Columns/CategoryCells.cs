using System.Globalization;

namespace Granary.Bench.Data;

/// <summary>Texts of so many categories. The k-th is drawn with a probability in proportion to k^-skew: with a skew of 1 and more the last ones are rare. Their
/// effects lie evenly drawn between -size and size.</summary>
internal sealed class CategoryCells : LawColumn
{
    private readonly string[] _texts;
    private readonly double[] _effects;
    private readonly double[] _upTo;
    private readonly Func<int, int>? _of;

    /// <param name="name">The column's name, and how its categories' names begin.</param>
    /// <param name="categories">How many.</param>
    /// <param name="size">The greatest effect.</param>
    /// <param name="skew">How rare the last ones are; 0: all are as likely.</param>
    /// <param name="missing">The probability of a cell without a value.</param>
    /// <param name="of">Which category a row has, where it follows from the row's place.</param>
    public CategoryCells(string name, int categories, double size, double skew = 0, double missing = 0, Func<int, int>? of = null)
        : base(name, ColumnForm.Category, missing)
    {
        _of = of;
        _texts = [.. Enumerable.Range(0, categories).Select(k => string.Create(CultureInfo.InvariantCulture, $"{name}-{k}"))];

        // The law is the same for every seed of the rows: the effects follow from the column's name.
        var own = new Draws(name.Aggregate(17, (hash, c) => unchecked((hash * 31) + c)));
        _effects = [.. _texts.Select(_ => size * ((2 * own.Uniform()) - 1))];
        var likely = Enumerable.Range(1, categories).Select(k => Math.Pow(k, -skew)).ToArray();
        _upTo = new double[categories];
        var sum = 0.0;
        for (var k = 0; k < categories; k++)
        {
            _upTo[k] = (sum += likely[k]) / likely.Sum();
        }
    }

    /// <inheritdoc/>
    protected override double Present(RowWriter row, Draws draws, int index)
    {
        var k = _of?.Invoke(index) ?? Drawn(draws.Uniform());
        row.Text(_texts[k]);
        return _effects[k];
    }

    private int Drawn(double u)
    {
        var at = Array.BinarySearch(_upTo, u);
        return Math.Min(at < 0 ? ~at : at + 1, _upTo.Length - 1);
    }
}
