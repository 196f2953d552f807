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
    private const double FalseAlarms = 1e-4; // of data sets in which gaps have nothing to do with classes, one in so many is warned of at the most

    /// <summary>The class that differs the most; null: none differs by much more than chance makes it.</summary>
    /// <param name="classes">Rows without a value and all rows of each class.</param>
    /// <param name="features">In how many features such a class is looked for: the more, the likelier chance alone makes one.</param>
    public static ClassGaps? Of(IReadOnlyList<(long Missing, long Rows)> classes, int features)
    {
        var (missing, rows) = (classes.Sum(c => c.Missing), classes.Sum(c => c.Rows));
        var enough = Math.Log(2.0 * classes.Count * features / FalseAlarms); // 2: much more, or much less
        return missing == 0 || missing == rows ? null
            : classes.Select((c, id) => new ClassGaps(id, c.Missing, c.Rows, missing - c.Missing, rows - c.Rows))
                .Where(c => c.Rows > 0 && c.OthersRows > 0 && Math.Abs(c.Difference) >= MuchMore && c.Evidence >= enough).MaxBy(c => Math.Abs(c.Difference));
    }

    private double Difference => ((double)Missing / Rows) - ((double)OthersMissing / OthersRows);

    // The probability of as many gaps among n of all rows, drawn by chance, is e^(-n D(a|p)) at the most, with a and p the shares of gaps in the n and in
    // all rows: Hoeffding 1963, theorem 1, which section 6 extends to draws without replacement. It holds for a class of any size, and for the others too.
    private double Evidence
    {
        get
        {
            var all = (double)(Missing + OthersMissing) / (Rows + OthersRows);
            return Math.Max(Rows * Divergence((double)Missing / Rows, all), OthersRows * Divergence((double)OthersMissing / OthersRows, all));
        }
    }

    private static double Divergence(double a, double p) => Part(a, p) + Part(1 - a, 1 - p);

    private static double Part(double a, double p) => a == 0 ? 0 : a * Math.Log(a / p);
}
