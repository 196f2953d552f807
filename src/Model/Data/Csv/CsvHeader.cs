using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The columns of CSV files, named in the first line of each.</summary>
internal static class CsvHeader
{
    /// <exception cref="JobException">A column of the job is not there, or the files' headers differ.</exception>
    public static TableColumns Read(string path, IReadOnlyList<(string File, string Text)> headers, DataSection data, IReadOnlyList<string>? features = null)
    {
        var (file, text) = headers[0];
        var names = Names(file, text, data);
        TableColumns.RequireSame(path, [.. headers.Select(h => (h.File, $"{h.File}:1", h.Text == text ? names : Names(h.File, h.Text, data)))], data.Label ?? data.LabelColumns?[0], data.Delimiter);
        return TableColumns.Choose($"{file}:1", names, data, features);
    }

    private static string[] Names(string file, string line, DataSection data) => line.Trim().Length > 0
        ? CsvRows.Header(line, data.Delimiter[0])
        : throw new JobException($"{file}:1: the header line is empty: the first line must name the columns.");
}
