using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The columns of a CSV source, found in the first line of each of its files.</summary>
/// <param name="Names">All of them, in order.</param>
/// <param name="Label">Which is the label.</param>
/// <param name="Features">Which are features, in order.</param>
internal sealed record CsvHeader(string[] Names, int Label, int[] Features)
{
    /// <exception cref="JobException">A column of the job is not there, or the files' headers differ.</exception>
    public static CsvHeader Read(IReadOnlyList<(string File, string Text)> headers, DataSection data)
    {
        var (file, text) = headers[0];
        var names = Names(file, text);
        foreach (var (other, otherText) in headers.Skip(1).Where(h => h.Text != text))
        {
            RequireSame(file, names, other, Names(other, otherText));
        }

        return Choose($"{file}:1", names, data);

        string[] Names(string name, string line) => line.Trim().Length > 0
            ? CsvRows.Header(line, data.Delimiter[0])
            : throw new JobException($"{name}:1: the header line is empty: the first line must name the columns.");
    }

    private static void RequireSame(string file, string[] names, string other, string[] otherNames)
    {
        if (names.Length != otherNames.Length)
        {
            throw new JobException($"{other}:1: the header has {otherNames.Length} columns, but that of {file} has {names.Length}. "
                + "Files that are read as one need the same header.");
        }

        var at = Enumerable.Range(0, names.Length).FirstOrDefault(i => names[i] != otherNames[i], -1);
        if (at >= 0)
        {
            throw new JobException($"{other}:1: column {at + 1} is '{otherNames[at]}', but in {file} it is '{names[at]}'. "
                + "Files that are read as one need the same header.");
        }
    }

    /// <summary>Tells label and features apart.</summary>
    /// <param name="place">Where the names stand, for messages.</param>
    /// <param name="names">All columns.</param>
    /// <param name="data">Which is the label, and which are to be ignored.</param>
    public static CsvHeader Choose(string place, string[] names, DataSection data)
    {
        if (names.GroupBy(h => h).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new JobException($"{place}: the column '{twice.Key}' is there twice. Column names must differ.");
        }

        var label = Find(data.Label!, "data.label");
        int[] ignored = [.. data.Ignore.Select(name => Find(name, "data.ignore"))];
        int[] features = [.. Enumerable.Range(0, names.Length).Where(i => i != label && !ignored.Contains(i))];
        return features.Length > 0
            ? new CsvHeader(names, label, features)
            : throw new JobException($"{place}: there is no column besides the label '{data.Label}'"
                + $"{(ignored.Length > 0 ? " and the ignored ones (data.ignore)" : "")}: nothing to learn from.");

        int Find(string name, string key) => Array.IndexOf(names, name) is >= 0 and var at
            ? at
            : throw new JobException($"{place}: there is no column '{name}' ({key}). The columns are: {string.Join(", ", names)}.");
    }
}
