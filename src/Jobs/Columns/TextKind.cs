namespace Granary.Jobs;

/// <summary>A kind of column whose cells are texts.</summary>
public abstract class TextKind : ColumnKind
{
    /// <inheritdoc/>
    public sealed override bool IsText => true;

    /// <summary>The column with what its features depend on.</summary>
    /// <param name="column">The column.</param>
    /// <param name="all">What was found over the whole training part.</param>
    public abstract FittedColumn Fit(FittedColumn column, ColumnFindings all);
}
