namespace Granary.Model.Data;

/// <summary>Rows of cells, kept column by column.</summary>
/// <param name="columns">Closed columns of one length.</param>
/// <param name="count">Rows.</param>
internal sealed class CellTable(CellColumn[] columns, int count) : IDenseRows
{
    /// <summary>Rows that are looked at together.</summary>
    public const int Block = 1 << 10;

    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public int Features => columns.Length;

    /// <summary>A column.</summary>
    public CellColumn this[int column] => columns[column];

    /// <summary>Bytes that all cells take.</summary>
    public long Bytes => columns.Sum(c => c.Bytes);

    /// <summary>The rows with some of the columns alone.</summary>
    public CellTable Of(IEnumerable<int> some) => new([.. some.Select(c => columns[c])], count);

    /// <inheritdoc/>
    public void Read(int row, Span<double> into)
    {
        for (var c = 0; c < into.Length && c < columns.Length; c++)
        {
            into[c] = columns[c][row];
        }
    }

    /// <summary>Cells without a value, of each column.</summary>
    public long[] Missing()
    {
        var (missing, cells) = (new long[columns.Length], new double[Block]);
        for (var c = 0; c < missing.Length; c++)
        {
            for (var first = 0; first < count; first += Block)
            {
                var some = cells.AsSpan(0, Math.Min(Block, count - first));
                columns[c].Read(first, some);
                foreach (var x in some)
                {
                    missing[c] += double.IsNaN(x) ? 1 : 0;
                }
            }
        }

        return missing;
    }
}
