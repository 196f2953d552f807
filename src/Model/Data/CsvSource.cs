using System.Globalization;
using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>A CSV file's rows of one shard: numeric features, and a label that may be a number or a name.</summary>
internal sealed class CsvSource : IShardSource
{
    private readonly double[] _values;
    private readonly string[] _labels;

    private CsvSource(string[] columns, double[] values, string[] labels)
    {
        (Columns, _values, _labels) = (columns, values, labels);
        Classes = [.. labels.Distinct()];
    }

    /// <inheritdoc/>
    public int Rows => _labels.Length;

    /// <inheritdoc/>
    public int Features => Columns.Count;

    /// <inheritdoc/>
    public IReadOnlyList<string> Columns { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public double Feature(int row, int feature) => _values[((long)row * Features) + feature];

    /// <inheritdoc/>
    public IExampleTensors ToTensors(Precision precision, DataFacts facts) =>
        FeatureTensors.Create(this, row => _labels[row], precision, facts);

    /// <summary>Reads the rows whose first byte lies in this shard's part of the bytes after the header.</summary>
    public static CsvSource Read(SourcePart part, string label)
    {
        var lines = CsvLines.Open(part);
        var header = lines.Header;
        var column = Array.IndexOf(header, label);
        if (column < 0)
        {
            throw new JobException(
                $"{part.Name}:1: there is no column '{label}' (data.label). The columns are: {string.Join(", ", header)}.");
        }

        if (header.GroupBy(h => h).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new JobException($"{part.Name}:1: the column '{twice.Key}' is there twice. Column names must differ.");
        }

        if (header.Length < 2)
        {
            throw new JobException($"{part.Name}:1: there is no column besides the label '{label}': nothing to learn from.");
        }

        var values = new List<double>();
        var labels = new List<string>();
        while (lines.Read())
        {
            if (lines.FieldCount != header.Length)
            {
                throw lines.Error($"{lines.FieldCount} cells, but the header has {header.Length}");
            }

            for (var i = 0; i < header.Length; i++)
            {
                if (i == column)
                {
                    labels.Add(Label(lines, i, label));
                }
                else
                {
                    values.Add(Number(lines, i, header[i]));
                }
            }
        }

        return new CsvSource([.. header.Where((_, i) => i != column)], [.. values], [.. labels]);
    }

    private static string Label(CsvLines lines, int column, string name)
    {
        var text = lines.Field(column).Trim().ToString();
        return text.Length > 0 ? text : throw lines.Error($"column '{name}' is empty: every row needs a label");
    }

    /// <summary>A cell of the present row as a finite number.</summary>
    /// <exception cref="JobException">File, line and column, where it is none.</exception>
    public static double Number(CsvLines lines, int column, string name)
    {
        var text = lines.Field(column).Trim();
        if (text.IsEmpty)
        {
            throw lines.Error($"column '{name}' is empty: fill it in, or leave the row out");
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            throw lines.Error($"column '{name}' holds '{text}', which is not a number");
        }

        return double.IsFinite(value)
            ? value
            : throw lines.Error($"column '{name}' holds '{text}', which is not a finite number: fill it in, or leave the row out");
    }
}
