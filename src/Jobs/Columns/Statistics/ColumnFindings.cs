namespace Granary.Jobs;

/// <summary>What is found out about one column over some training examples, without rounding, so that it is the same however they are cut into shards.</summary>
/// <param name="Rows">Examples.</param>
/// <param name="Missing">Examples without a value.</param>
public sealed record ColumnFindings(long Rows, long Missing)
{
    /// <summary>Of the values that are there, clipped; null where cells are texts.</summary>
    public NumberFindings? Value { get; init; }

    /// <summary>Of each of the numbers that are scaled; empty where there are none.</summary>
    public IReadOnlyList<NumberFindings> Numbers { get; init; } = [];

    /// <summary>Examples of each category; of more categories than may be, the first ones in ordinal order.</summary>
    public IReadOnlyDictionary<string, long> Categories { get; init; } = new Dictionary<string, long>();

    /// <summary>Different categories: those of the part that has the most, where some were left out.</summary>
    public long Distinct { get; init; }

    /// <summary>Texts with an n-gram in each bucket; empty where nobody needs it.</summary>
    public long[] Documents { get; init; } = [];

    /// <summary>With those of other examples.</summary>
    public ColumnFindings With(ColumnFindings other)
    {
        var categories = Categories.ToDictionary(StringComparer.Ordinal);
        foreach (var (category, count) in other.Categories)
        {
            categories[category] = categories.GetValueOrDefault(category) + count;
        }

        return new ColumnFindings(Rows + other.Rows, Missing + other.Missing)
        {
            Value = Value?.With(other.Value!),
            Numbers = [.. Numbers.Zip(other.Numbers, (a, b) => a.With(b))],
            Categories = categories,
            Distinct = Math.Max(Math.Max(Distinct, other.Distinct), categories.Count),
            Documents = [.. Documents.Zip(other.Documents, (a, b) => a + b)],
        };
    }
}

/// <summary>Sums and ends of some numbers.</summary>
/// <param name="Sum">Their sum.</param>
/// <param name="Squares">The sum of their squares.</param>
/// <param name="Least">The least; null: there is none.</param>
/// <param name="Greatest">The greatest; null likewise.</param>
public sealed record NumberFindings(BinaryNumber Sum, BinaryNumber Squares, double? Least, double? Greatest)
{
    /// <summary>With those of other numbers.</summary>
    public NumberFindings With(NumberFindings other) => new(
        Sum.Plus(other.Sum), Squares.Plus(other.Squares),
        Least is null || other.Least < Least ? other.Least ?? Least : Least,
        Greatest is null || other.Greatest > Greatest ? other.Greatest ?? Greatest : Greatest);

    /// <summary>With one number so many times more.</summary>
    public NumberFindings With(double x, long times)
    {
        var number = BinaryNumber.Of(x);
        return times == 0 ? this : With(new NumberFindings(number.Times(times), number.Times(number).Times(times), x, x));
    }
}
