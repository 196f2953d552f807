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

/// <summary>The first numbers of rows whose last one is the target.</summary>
/// <param name="rows">Features and target of each.</param>
internal sealed class RowsWithoutTarget(IDenseRows rows) : IDenseRows
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Features => rows.Features - 1;

    /// <inheritdoc/>
    public void Read(int row, Span<double> into) => rows.Read(row, into[..Features]);

    /// <summary>The last number of each row.</summary>
    public static double[] Targets(IDenseRows rows)
    {
        var (targets, row) = (new double[rows.Count], new double[rows.Features]);
        for (var i = 0; i < targets.Length; i++)
        {
            rows.Read(i, row);
            targets[i] = row[^1];
        }

        return targets;
    }
}
