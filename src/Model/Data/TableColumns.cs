using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The columns of a table.</summary>
/// <param name="Names">All of them, in order.</param>
/// <param name="Label">Which is the label.</param>
/// <param name="Features">Which are features, in order.</param>
internal sealed record TableColumns(string[] Names, int Label, int[] Features)
{
    /// <summary>Columns that are taken for a row's number, and so for no features, though nobody said so.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Tells label and features apart.</summary>
    /// <param name="place">Where the names stand, for messages.</param>
    /// <param name="names">All columns.</param>
    /// <param name="data">Which is the label, and which are to be ignored.</param>
    /// <param name="wanted">The features, wherever they stand; null: every column that is neither label nor ignored.</param>
    public static TableColumns Choose(string place, string[] names, DataSection data, IReadOnlyList<string>? wanted = null)
    {
        if (names.GroupBy(h => h).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new JobException($"{place}: the column '{twice.Key}' is there twice. Column names must differ.");
        }

        var label = Find(data.Label!, "data.label");
        if (wanted is not null)
        {
            return new TableColumns(names, label, [.. wanted.Select(name => Find(name, "a feature that the model was trained on"))]);
        }

        int[] ignored = [.. data.Ignore.Select(name => Find(name, "data.ignore"))];
        int[] others = [.. Enumerable.Range(0, names.Length).Where(i => i != label && !ignored.Contains(i))];
        int[] features = [.. others.Where(i => !IndexColumns.Has(i, names[i]))];
        return features.Length > 0
            ? new TableColumns(names, label, features) { LeftOut = [.. others.Except(features).Select(i => names[i])] }
            : throw new JobException($"{place}: there is no column besides the label '{data.Label}'"
                + $"{(ignored.Length > 0 ? " and the ignored ones (data.ignore)" : "")}{(others.Length > 0 ? " and the rows' numbers" : "")}: nothing to learn from.");

        int Find(string name, string key) => Array.IndexOf(names, name) is >= 0 and var at
            ? at
            : throw new JobException($"{place}: there is no column '{name}' ({key}). The columns are: {string.Join(", ", names)}.");
    }

    /// <summary>Files that are read as one need the same columns in the same order.</summary>
    public static void RequireSame(string file, string[] names, string otherPlace, string[] otherNames)
    {
        if (names.Length != otherNames.Length)
        {
            throw new JobException($"{otherPlace}: it has {Plural.Of(otherNames.Length, "column")}, but {file} has {names.Length}. "
                + "Files that are read as one need the same columns.");
        }

        var at = Enumerable.Range(0, names.Length).FirstOrDefault(i => names[i] != otherNames[i], -1);
        if (at >= 0)
        {
            throw new JobException($"{otherPlace}: column {at + 1} is '{otherNames[at]}', but in {file} it is '{names[at]}'. "
                + "Files that are read as one need the same columns.");
        }
    }
}
