namespace Granary.Model.Data;

/// <summary>Rows of numbers, wherever they are kept. Safe for several threads at once.</summary>
internal interface IDenseRows
{
    /// <summary>Rows.</summary>
    int Count { get; }

    /// <summary>Numbers in a row.</summary>
    int Features { get; }

    /// <summary>Copies a row, or its first numbers.</summary>
    /// <param name="row">The row.</param>
    /// <param name="into">[Features] or fewer, NaN where a value is missing.</param>
    void Read(int row, Span<double> into);
}

/// <summary>Rows in an array.</summary>
/// <param name="values">Row after row.</param>
/// <param name="features">Numbers in a row.</param>
/// <param name="count">Rows.</param>
internal sealed class ArrayRows(double[] values, int features, int count) : IDenseRows
{
    /// <inheritdoc/>
    public int Count => count;

    /// <inheritdoc/>
    public int Features => features;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into) => values.AsSpan(checked(row * features), Math.Min(features, into.Length)).CopyTo(into);
}

/// <summary>The first numbers of rows whose last one is no feature: the target, or what the row is held out by.</summary>
/// <param name="rows">Features of each, and the other number.</param>
internal sealed class RowsWithoutLast(IDenseRows rows) : IDenseRows
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Features => rows.Features - 1;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into) => rows.Read(row, into[..Features]);

    /// <summary>The last number of each row.</summary>
    public static double[] Last(IDenseRows rows)
    {
        var (last, row) = (new double[rows.Count], new double[rows.Features]);
        for (var i = 0; i < last.Length; i++)
        {
            rows.Read(i, row);
            last[i] = row[^1];
        }

        return last;
    }
}
