namespace Granary.Model.Data;

/// <summary>Rows of numbers, wherever they are kept. Safe for several threads at once.</summary>
internal interface IDenseRows
{
    /// <summary>Rows.</summary>
    int Count { get; }

    /// <summary>Numbers in a row.</summary>
    int Features { get; }

    /// <summary>Copies a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="into">[Features], NaN where a value is missing.</param>
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
    public void Read(int row, Span<double> into) => values.AsSpan(checked(row * features), features).CopyTo(into);
}
