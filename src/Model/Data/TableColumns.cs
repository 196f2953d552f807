using Granary.Jobs;

namespace Granary.Model.Data;

/// <summary>The columns of a table.</summary>
/// <param name="Names">All of them, in order.</param>
/// <param name="Label">Which is the label; -1: there are several, or none.</param>
/// <param name="Features">Which are features, in order.</param>
internal sealed record TableColumns(string[] Names, int Label, int[] Features)
{
    /// <summary>Columns that are taken for a row's number, and so for no features, though nobody said so.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Columns of numbers besides the features, in this order: labels of which a row has any number, the target where it is one, then what a row
    /// weighs.</summary>
    public IReadOnlyList<NumberColumn> ExtraNumbers { get; init; } = [];

    /// <summary>Which column says what is held out; -1: none does, or nobody asks.</summary>
    public int Split { get; init; } = -1;

    /// <summary>How its cells are read; null where there is none.</summary>
    public SplitColumn? SplitBy { get; init; }

    /// <summary>Numbers that are read of a row: its features, those behind them, and last what the row is held out by.</summary>
    public int Numbers => Features.Length + ExtraNumbers.Count + (Split < 0 ? 0 : 1);

    /// <summary>Tells label and features apart.</summary>
    /// <param name="place">Where the names stand, for messages.</param>
    /// <param name="names">All columns.</param>
    /// <param name="data">Which is the label, and which are to be ignored.</param>
    /// <param name="wanted">The features, wherever they stand; null: every column that is neither label nor ignored.</param>
    public static TableColumns Choose(string place, string[] names, DataSection data, IReadOnlyList<string>? wanted = null)
    {
        var delimiter = FormatKinds.Of(data.Format).Takes("delimiter") ? data.Delimiter : null;
        if (names.GroupBy(h => h).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new JobException($"{place}: the column '{twice.Key}' is there twice. Column names must differ.{(names.Contains(data.Label) ? "" : HeaderHints.OfJob(names, delimiter))}");
        }

        var label = data.Label is { } own ? Find(own, "data.label", HeaderHints.Near(own, names)) : -1;
        int[] labels = [.. (data.LabelColumns ?? []).Select(name => Find(name, "data.labelColumns", HeaderHints.Near(name, names)))];
        if (wanted is not null)
        {
            string[] free = [.. names.Where(n => n != data.Label && data.LabelColumns?.Contains(n) != true && !wanted.Contains(n))];
            return new TableColumns(names, label, [.. wanted.Select(name => Find(name, "a feature that the model was trained on", HeaderHints.Rename(name, free)))])
            {
                ExtraNumbers = NumberColumn.Of(data, label, Array.IndexOf(names, data.Weight), labels), // rows to be evaluated may go without
            };
        }

        var weight = data.Weight is { } column ? Find(column, "data.weight", HeaderHints.Near(column, names)) : -1;
        var split = data.Validation.Column is { } by
            ? Find(by, data.Validation.Group is null ? "data.validation.time" : "data.validation.group", HeaderHints.Near(by, names))
            : -1;
        foreach (var name in data.Columns?.Named.Keys ?? [])
        {
            Find(name, "data.columns", HeaderHints.Near(name, names));
        }

        int[] ignored = [.. data.Ignore.Select(name => Find(name, "data.ignore", HeaderHints.Near(name, names)))];
        int[] others = [.. Enumerable.Range(0, names.Length)
            .Where(i => i != label && i != weight && !labels.Contains(i) && !ignored.Contains(i) && (i != split || IsDescribed(i)))];
        int[] features = [.. others.Where(i => !IndexColumns.Has(i, names[i]) || IsDescribed(i))];
        return features.Length > 0
            ? new TableColumns(names, label, features)
            {
                ExtraNumbers = NumberColumn.Of(data, label, weight, labels),
                LeftOut = [.. others.Except(features).Select(i => names[i])],
                Split = split,
            }
            : throw new JobException($"{place}: there is no column besides the {(labels.Length > 0 ? "labels" : $"label '{data.Label}'")}"
                + $"{(weight >= 0 ? $", the weight '{data.Weight}'" : "")}{(ignored.Length > 0 ? " and the ignored ones (data.ignore)" : "")}{(split >= 0 ? $" and '{names[split]}', by which rows are held out" : "")}{(others.Length > 0 ? " and the rows' numbers" : "")}: nothing to learn from.");

        bool IsDescribed(int column) => data.Columns?.Named.ContainsKey(names[column]) == true;

        int Find(string name, string key, string near) => Array.IndexOf(names, name) is >= 0 and var at
            ? at
            : throw new JobException($"{place}: there is no column '{name}' ({key}).{near} {HeaderHints.Columns(names)}{(near.Length > 0 ? "" : HeaderHints.OfJob(names, delimiter))}");
    }

    /// <summary>Files that are read as one need the same columns in the same order. The one to blame is a file unlike most: those that have the
    /// label come first, then those whose columns the most files have.</summary>
    /// <param name="path">Where the files come from.</param>
    /// <param name="files">Each with its columns, and the place where these stand.</param>
    /// <param name="label">The label's column.</param>
    /// <param name="delimiter">csv: what stands between cells; null: the files have no text for a header.</param>
    /// <exception cref="JobException">It names the first file that is unlike the others.</exception>
    public static void RequireSame(string path, IReadOnlyList<(string File, string Place, string[] Columns)> files, string? label, string? delimiter = null)
    {
        if (files.All(f => f.Columns == files[0].Columns || f.Columns.SequenceEqual(files[0].Columns))) // mostly they are one array
        {
            return;
        }

        var kinds = files.GroupBy(f => f.Columns, NameByName).OrderByDescending(g => g.Key.Contains(label)).ThenByDescending(g => g.Count()).ToArray();
        var usual = kinds[0].First();
        var odd = files.First(f => !f.Columns.SequenceEqual(usual.Columns));
        var at = Enumerable.Range(0, usual.Columns.Length).FirstOrDefault(i => i >= odd.Columns.Length || odd.Columns[i] != usual.Columns[i], -1);
        throw new JobException((odd.Columns.Length != usual.Columns.Length
                ? $"{odd.Place}: it has {Plural.Of(odd.Columns.Length, "column")}, but {usual.File} has {usual.Columns.Length}. "
                : $"{odd.Place}: column {at + 1} is '{odd.Columns[at]}', but in {usual.File} it is '{usual.Columns[at]}'. ")
            + $"Files that are read as one need the same columns.{HeaderHints.OfFile(odd.Columns, delimiter)}{Remedy(path, odd.File, usual.File)}");
    }

    private static readonly EqualityComparer<string[]> NameByName = EqualityComparer<string[]>.Create(
        (a, b) => a.AsSpan().SequenceEqual(b), names => names.Aggregate(0, HashCode.Combine));

    private static string Remedy(string path, string odd, string usual)
    {
        var (ending, other) = (Path.GetExtension(usual), Path.GetExtension(odd));
        return ending.Length == 0 || ending == other ? " If it is no data, move it elsewhere."
            : $" If it is no data, leave it out by a pattern, such as {(DataFiles.IsGlob(path) ? Narrowed(path) : Below(path))}{ending}.";
    }

    private static string Below(string folder) => $"{folder.TrimEnd('/')}/{(StoredPath.Is(folder) || Directory.EnumerateDirectories(folder).Any() ? "**/" : "")}*";

    // The glob, up to the first wildcard of its last part: "in/**/part-*" stays, "in/**" becomes "in/**/*".
    private static string Narrowed(string glob)
    {
        var name = Path.GetFileName(glob);
        return name == "**" ? $"{glob}/*" : $"{glob[..^name.Length]}{name.Split('*', '?')[0]}*";
    }
}
