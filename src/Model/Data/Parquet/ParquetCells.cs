using Granary.Jobs;
using Parquet;
using Parquet.Schema;

namespace Granary.Model.Data;

/// <summary>A described column's cells of one row group, as the file has them.</summary>
internal sealed class ParquetCells
{
    private readonly double?[]? _numbers;
    private readonly string?[]? _texts;

    private ParquetCells(double?[]? numbers, string?[]? texts) => (_numbers, _texts) = (numbers, texts);

    /// <summary>Reads them. What is a number in the file stays one where the column is numeric; dates are days where it is a date; all else is read as the text
    /// that a CSV file would have.</summary>
    /// <param name="group">The row group.</param>
    /// <param name="field">The column.</param>
    /// <param name="place">The same in words.</param>
    /// <param name="cell">What the column is to be.</param>
    /// <exception cref="JobException">The column is of a type that no kind reads.</exception>
    public static async Task<ParquetCells> Read(ParquetRowGroupReader group, DataField field, string place, CellReader cell) =>
        cell.TakesNumbers && await ParquetColumn.Values(group, field) is { } numbers ? new ParquetCells(numbers, null)
        : cell.TakesDates && await ParquetColumn.Dates(group, field) is { } dates ? new ParquetCells([.. dates.Select(d => d is { } date ? DateDays.Of(date) : (double?)null)], null)
        : new ParquetCells(null, await ParquetColumn.Texts(group, field, place));

    /// <summary>A cell as text, trimmed.</summary>
    public string Text(int row) => (_texts![row] ?? "").Trim();

    /// <summary>A cell as number.</summary>
    public double Number(int row, CellReader cell, Func<string, JobException> error) => _numbers is null ? cell.Number(Text(row), error) : cell.Number(_numbers[row], error);
}
