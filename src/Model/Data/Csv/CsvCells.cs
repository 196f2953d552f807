using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Finds rows of CSV files by what stands in one column, once there is something to say about them.</summary>
internal static class CsvCells
{
    private const int PartBytes = 1 << 24;

    /// <summary>The rows that are meant, in the order of the files.</summary>
    /// <param name="delimiter">What stands between cells.</param>
    /// <param name="path">The source.</param>
    /// <param name="column">The column.</param>
    /// <param name="isMeant">Whether a row with this trimmed cell is one of them.</param>
    public static FoundRows? Find(char delimiter, string path, string column, Func<string, bool> isMeant)
    {
        var tally = new RowTally(isMeant);
        return tally.Over(DataFiles.Expand(path).SelectMany(file => Read(file, delimiter, column, tally)));
    }

    private static IEnumerable<long> Read(string path, char delimiter, string columnName, RowTally tally)
    {
        var name = Path.GetFileName(path);
        using var lines = FileLines.Read(path).GetEnumerator();
        if (FileLines.First(lines, name) is not { } header)
        {
            yield break;
        }

        var column = Array.IndexOf(CsvRows.Header(header, delimiter), columnName);
        foreach (var part in FileLines.Rest(lines, name, PartBytes))
        {
            var rows = new CsvRows(part, delimiter);
            while (rows.Read())
            {
                if (column >= 0 && column < rows.FieldCount)
                {
                    tally.Add(rows.Text(column), () => rows.Place);
                }
            }

            yield return part.Length;
        }
    }
}
