namespace Granary.Jobs;

/// <summary>What a column of labels looks like.</summary>
public enum TargetKind
{
    /// <summary>Classes.</summary>
    Classes,
    /// <summary>Classes perhaps, or the values of a quantity: worth a warning.</summary>
    Doubtful,
    /// <summary>A quantity, or a name for every row: nothing that a classifier can learn.</summary>
    Continuous,
}

/// <summary>
/// Tells labels that are classes from a quantity (a price, a measurement) and from names of rows, by how many different ones there are in how many
/// rows. K labels in N rows:
/// few labels (10 at most) are classes. Numbers with a fraction are classes up to 20 of them, with a warning, in 10 K rows or more. Whole numbers are
/// classes up to 20 of them in 2 K rows or more, and any number of them from 0 or 1 on without gaps, as ids of classes are, in 50 K rows or more. With a
/// warning they are classes without gaps in 2 K rows or more (so are counts and days of a month), up to 100 others in 10 K rows or more, and any number
/// of others in 50 K rows or more. Texts are classes unless nearly every row has its own.
/// </summary>
public static class TargetRule
{
    private const int Few = 10;
    private const int Some = 20;
    private const int Many = 100;
    private const double Gapless = 0.95; // part of the ids between the least and the greatest that occur

    /// <summary>What the labels look like.</summary>
    /// <param name="classes">The labels, each once.</param>
    /// <param name="rows">Rows that have one of them.</param>
    public static TargetKind Of(ClassNames classes, long rows)
    {
        long count = classes.Names.Count;
        if (count <= Few)
        {
            return TargetKind.Classes;
        }

        if (classes.Numbers is not { } numbers)
        {
            return rows * 9 <= count * 10 ? TargetKind.Continuous
                : count > Some && rows < 3 * count ? TargetKind.Doubtful
                : TargetKind.Classes;
        }

        return rows < 2 * count ? TargetKind.Continuous
            : numbers.All(n => n.IsWhole) ? Whole(numbers, rows)
            : count <= Some && rows >= 10 * count ? TargetKind.Doubtful
            : TargetKind.Continuous;
    }

    private static TargetKind Whole(IReadOnlyList<LabelNumber> numbers, long rows)
    {
        long count = numbers.Count;
        var (least, greatest) = (numbers[0].ToDouble(), numbers[^1].ToDouble());
        return count <= Some ? TargetKind.Classes
            : least is 0 or 1 && count >= Gapless * (greatest - least + 1) ? rows >= 50 * count ? TargetKind.Classes : TargetKind.Doubtful
            : rows >= 50 * count || (count <= Many && rows >= 10 * count) ? TargetKind.Doubtful
            : TargetKind.Continuous;
    }

    /// <summary>"214 different values in 442 rows, from 25 to 346".</summary>
    public static string Describe(ClassNames classes, long rows) => FormattableString.Invariant($"{classes.Names.Count:#,0} different ")
        + (classes.Numbers is { } numbers
            ? FormattableString.Invariant($"values in {rows:#,0} rows, from {numbers[0]} to {numbers[^1]}")
            : FormattableString.Invariant($"texts in {rows:#,0} rows, such as '{classes.Names[0]}' and '{classes.Names[^1]}'"));
}
