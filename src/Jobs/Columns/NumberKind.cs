namespace Granary.Jobs;

/// <summary>A kind of column whose cells are numbers, some of which are scaled, while others choose one feature of several.</summary>
public abstract class NumberKind : ColumnKind
{
    /// <summary>Names of the numbers that a cell gives and that are scaled; an empty one: the column's own.</summary>
    public virtual IReadOnlyList<string> Numbers(ColumnSection section) => [""];

    /// <summary>These numbers of a cell that has a value.</summary>
    /// <param name="section">The column.</param>
    /// <param name="x">The cell's value, clipped.</param>
    /// <param name="numbers">One for each name.</param>
    public virtual void Split(ColumnSection section, double x, Span<double> numbers) => numbers[0] = x;

    /// <summary>Names of features of which a cell has some.</summary>
    public virtual IReadOnlyList<string> Choices(ColumnSection section) => [];

    /// <summary>Which of these a cell has: 1 is written for each.</summary>
    public virtual void Choose(ColumnSection section, double x, Span<double> choices)
    {
    }

    /// <summary>A value within the column's bounds.</summary>
    public static double Clipped(ColumnSection section, double x) => section.Clip is [var low, var high] ? Math.Clamp(x, low, high) : x;

    /// <inheritdoc/>
    public sealed override ColumnTally Tally(ColumnSection section) => new NumberTally(this, section);

    /// <inheritdoc/>
    public sealed override ColumnEncoder Encoder(FittedColumn column) => new NumberEncoder(column, this);

    /// <inheritdoc/>
    public override ColumnSection Complete(ColumnSection given, DataSection data) => given with
    {
        Missing = given.Missing ?? (data.Missing == MissingValues.Mean ? MissingRule.Mean : MissingRule.Refuse),
        Scale = given.Scale ?? (data.Standardize ? ColumnScale.Standard : ColumnScale.None),
    };

    /// <inheritdoc/>
    public override (string Key, string Message)? Broken(ColumnSection section) =>
        section.Clip is { } clip && !(clip is [var low, var high] && double.IsFinite(low) && double.IsFinite(high) && low < high)
            ? ("clip", "needs two numbers in rising order, such as [0, 100]")
        : section.Fill is { } fill && !TryParse(section, fill, out _) ? ("fill", $"is '{fill}', which is not {Wants(section)}")
        : null;

    /// <inheritdoc/>
    public override string? Forged(FittedColumn column)
    {
        var numbers = Numbers(column.Section).Count;
        return column.Center.Length != numbers || column.Divisor.Length != numbers ? $"it does not scale {Plural.Of(numbers, "number")}"
            : !column.Center.All(double.IsFinite) || !column.Divisor.All(d => double.IsFinite(d) && d >= 0) ? "its scaling is not finite"
            : column.Fill is null != (column.Section.Missing == MissingRule.Refuse) || column.Fill is { } fill && !double.IsFinite(fill) ? "what it fills in is not what its rule says"
            : null;
    }
}
