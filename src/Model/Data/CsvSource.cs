using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>CSV files: numeric features, and a label that may be a number or a name.</summary>
internal static class CsvSource
{
    /// <summary>Reads this shard's rows.</summary>
    /// <param name="part">Which part.</param>
    /// <param name="data">How the files are written.</param>
    /// <param name="features">Columns to be read, by name; null: all that the job leaves.</param>
    public static TableSource Read(SourcePart part, DataSection data, IReadOnlyList<string>? features = null)
    {
        var delimiter = data.Delimiter[0];
        var lines = ShardLines.Read(part, header: true, " \t\r".Replace(data.Delimiter, "", StringComparison.Ordinal));
        var header = CsvHeader.Read(lines.Headers, data, features);
        var values = new List<double>();
        var labels = new List<string>();
        foreach (var lineParts in lines.Parts)
        {
            var rows = new CsvRows(lineParts, delimiter);
            while (rows.Read())
            {
                if (rows.FieldCount != header.Names.Length)
                {
                    throw rows.Error($"{rows.FieldCount} cells, but the header has {header.Names.Length}");
                }

                labels.Add(Label(rows, header.Label, data.Label!));
                foreach (var column in header.Features)
                {
                    values.Add(Number(rows, column, header.Names[column], data.Missing));
                }
            }
        }

        return new TableSource([.. header.Features.Select(f => header.Names[f])], [.. values], [.. labels]);
    }

    private static string Label(CsvRows rows, int column, string name)
    {
        var text = rows.Text(column);
        return text.Length > 0 ? text : throw rows.Error($"column '{name}' is empty: every row needs a label");
    }

    internal static double Number(CsvRows rows, int column, string name, MissingValues missing)
    {
        var text = rows.Field(column).Trim();
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return double.IsFinite(value)
                ? value
                : throw rows.Error($"column '{name}' holds '{text}', which is not a finite number: fill it in, or leave the row out");
        }

        if (!text.IsEmpty && text is not "NA")
        {
            throw rows.Error($"column '{name}' holds '{text}', which is not a number");
        }

        return missing == MissingValues.Mean
            ? double.NaN
            : throw rows.Error($"column '{name}' {(text.IsEmpty ? "is empty" : $"holds '{text}'")}: fill it in, leave the row out, "
                + "or set data.missing to mean");
    }
}
