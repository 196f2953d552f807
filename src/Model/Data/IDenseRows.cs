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

/// <summary>The first numbers of rows.</summary>
/// <param name="rows">Features of each, and what stands behind them.</param>
/// <param name="features">How many are features.</param>
internal sealed class LeadingNumbers(IDenseRows rows, int features) : IDenseRows
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Features => features;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into) => rows.Read(row, into[..Math.Min(features, into.Length)]);

    /// <summary>One number of each row.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="at">Its place in a row.</param>
    public static double[] Column(IDenseRows rows, int at)
    {
        var (numbers, row) = (new double[rows.Count], new double[at + 1]);
        for (var i = 0; i < numbers.Length; i++)
        {
            rows.Read(i, row);
            numbers[i] = row[at];
        }

        return numbers;
    }
}
