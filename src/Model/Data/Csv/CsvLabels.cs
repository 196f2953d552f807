using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>Finds rows of CSV files by their labels, once there is something to say about them.</summary>
internal static class CsvLabels
{
    private const int PartBytes = 1 << 24;

    /// <summary>The rows with labels of some sort, in the order of the files.</summary>
    /// <param name="data">How the files are written.</param>
    /// <param name="path">The source.</param>
    /// <param name="isMeant">Whether a trimmed label is one of them.</param>
    public static FoundRows? Find(DataSection data, string path, Func<string, bool> isMeant)
    {
        var tally = new RowTally(isMeant);
        return tally.Over(DataFiles.Expand(path).SelectMany(file => Read(file, data, tally)));
    }

    private static IEnumerable<long> Read(string path, DataSection data, RowTally tally)
    {
        var (name, delimiter) = (Path.GetFileName(path), data.Delimiter[0]);
        using var lines = FileLines.Read(path).GetEnumerator();
        if (FileLines.First(lines, name) is not { } header)
        {
            yield break;
        }

        var column = Array.IndexOf(CsvRows.Header(header, delimiter), data.Label);
        foreach (var part in FileLines.Rest(lines, name, PartBytes))
        {
            var rows = new CsvRows(part, delimiter);
            while (rows.Read())
            {
                if (column < rows.FieldCount)
                {
                    tally.Add(rows.Text(column), () => rows.Place);
                }
            }

            yield return part.Length;
        }
    }
}
