namespace Granary.Model.Data.Checking;

/// <summary>A class whose rows lack a feature's value much more often, or much more seldom, than those of the others do.</summary>
/// <param name="Class">The class.</param>
/// <param name="Missing">Rows of it without a value.</param>
/// <param name="Rows">Rows of it.</param>
/// <param name="OthersMissing">Rows of the others without a value.</param>
/// <param name="OthersRows">Rows of the others.</param>
internal sealed record ClassGaps(int Class, long Missing, long Rows, long OthersMissing, long OthersRows)
{
    private const double MuchMore = 0.25; // of the rows
    private const double Deviations = 5; // by which chance alone does not lead it astray, even among many columns and classes

    /// <summary>The class that differs the most; null: none differs by much more than chance makes it.</summary>
    /// <param name="classes">Rows without a value and all rows of each class.</param>
    public static ClassGaps? Of(IReadOnlyList<(long Missing, long Rows)> classes)
    {
        var (missing, rows) = (classes.Sum(c => c.Missing), classes.Sum(c => c.Rows));
        return missing == 0 || missing == rows ? null
            : classes.Select((c, id) => new ClassGaps(id, c.Missing, c.Rows, missing - c.Missing, rows - c.Rows))
                .Where(c => c.Rows > 0 && c.OthersRows > 0 && Math.Abs(c.Difference) >= MuchMore && Math.Abs(c.Difference) >= Deviations * c.Deviation).MaxBy(c => Math.Abs(c.Difference));
    }

    private double Difference => ((double)Missing / Rows) - ((double)OthersMissing / OthersRows);

    // Of the difference, if gaps had nothing to do with classes.
    private double Deviation
    {
        get
        {
            var share = (double)(Missing + OthersMissing) / (Rows + OthersRows);
            return Math.Sqrt(share * (1 - share) * ((1.0 / Rows) + (1.0 / OthersRows)));
        }
    }
}
