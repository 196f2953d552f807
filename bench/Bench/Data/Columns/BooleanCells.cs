namespace Granary.Bench.Data;

/// <summary>true or false.</summary>
/// <param name="name">The column's name.</param>
/// <param name="effect">What true adds.</param>
/// <param name="likely">The probability of true.</param>
internal sealed class BooleanCells(string name, double effect, double likely) : LawColumn(name, ColumnForm.Boolean, missing: 0)
{
    /// <inheritdoc/>
    protected override double Present(RowWriter row, Draws draws, int index)
    {
        var isTrue = draws.Happens(likely);
        row.Text(isTrue ? "true" : "false");
        return isTrue ? effect : 0;
    }
}
