namespace Granary.Bench.Data;

/// <summary>Numbers, whose effect is proportional to them as they are written.</summary>
/// <param name="name">The column's name.</param>
/// <param name="slope">What one unit adds.</param>
/// <param name="decimals">How many decimals are written.</param>
/// <param name="draw">Draws the number of a row.</param>
/// <param name="missing">The probability of a cell without a value.</param>
internal sealed class NumberCells(string name, double slope, int decimals, Func<Draws, int, double> draw, double missing = 0)
    : LawColumn(name, ColumnForm.Number, missing)
{
    /// <inheritdoc/>
    protected override double Present(RowWriter row, Draws draws, int index) => slope * row.Number(draw(draws, index), decimals);
}
