using System.Globalization;
using System.Text.RegularExpressions;
using Granary.Jobs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Granary.Model.Tests.Onnx;

/// <summary>A table's cells, as a program that has no Granary would read them and hand them to ONNX Runtime.</summary>
/// <param name="Header">The names of the columns.</param>
/// <param name="Rows">The cells of each row.</param>
internal sealed partial record Cells(string[] Header, string[][] Rows)
{
    /// <summary>Reads CSV; a cell has no line breaks.</summary>
    public static Cells Read(string csv)
    {
        var lines = csv.TrimEnd().Split('\n').Select(l => Cell().Matches(l).Select(m => m.Groups[2].Success ? m.Groups[2].Value.Replace("\"\"", "\"", StringComparison.Ordinal) : m.Groups[1].Value).ToArray()).ToArray();
        return new Cells(lines[0], lines[1..]);
    }

    /// <summary>With the first row once more at the end, its cells changed.</summary>
    /// <param name="change">By the column's name and the cell.</param>
    public Cells And(Func<string, string, string> change) => this with { Rows = [.. Rows, [.. Rows[0].Select((c, i) => change(Header[i], c))]] };

    /// <summary>As CSV.</summary>
    public string Csv() => string.Concat(Rows.Prepend(Header).Select(r => string.Join(',', r.Select(c => c.AsSpan().ContainsAny(",\"") ? $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : c)) + "\n"));

    /// <summary>The inputs of a model's file: column by column.</summary>
    public List<NamedOnnxValue> Inputs(TableEncoding table)
    {
        NamedOnnxValue Input(FittedColumn column)
        {
            var cells = Rows.Select(r => r[Array.IndexOf(Header, column.Name)]).Select(c => c == "NA" ? "" : c).ToArray();
            int[] dims = [cells.Length, 1];
            return column.Section.Kind is "categorical" or "text"
                ? NamedOnnxValue.CreateFromTensor(column.Name, new DenseTensor<string>(cells, dims))
                : NamedOnnxValue.CreateFromTensor(column.Name, new DenseTensor<double>(cells.Select(c => c.Length == 0 ? double.NaN : column.Section.Kind switch
                {
                    "date" => Days(c),
                    "boolean" => c == "yes" ? 1.0 : 0,
                    _ => double.Parse(c, CultureInfo.InvariantCulture),
                }).ToArray(), dims));
        }

        return [.. table.Columns.Select(Input)];
    }

    /// <summary>A date as files have it: days since 1970-01-01 UTC.</summary>
    public static double Days(string text) => (DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal) - DateTime.UnixEpoch).TotalDays;

    [GeneratedRegex("(?<=^|,)(\"((?:[^\"]|\"\")*)\"|[^,]*)(?=,|$)")]
    private static partial Regex Cell();
}
