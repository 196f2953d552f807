using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>Finds a label again, once there is something to say about it: nobody keeps the lines of all of them.</summary>
internal static class LabelPlace
{
    private const int PartBytes = 1 << 24;

    /// <summary>"v.csv:7", where a label of the validation's own source first stands; null: it is in no CSV file.</summary>
    public static string? Find(DataSection data, string label)
    {
        if (data.Validation.Path is not { } path)
        {
            return null;
        }

        return DataFiles.Expand(path).Select(file => Within(file, data, label)).FirstOrDefault(place => place is not null);
    }

    private static string? Within(string path, DataSection data, string label)
    {
        var (name, delimiter) = (Path.GetFileName(path), data.Delimiter[0]);
        using var lines = FileLines.Read(path).GetEnumerator();
        if (FileLines.First(lines, name) is not { } header)
        {
            return null;
        }

        var column = Array.IndexOf(CsvRows.Header(header, delimiter), data.Label);
        foreach (var part in FileLines.Rest(lines, name, PartBytes))
        {
            var rows = new CsvRows(part, delimiter);
            while (rows.Read())
            {
                if (rows.Text(column) == label)
                {
                    return rows.Place;
                }
            }
        }

        return null;
    }
}
