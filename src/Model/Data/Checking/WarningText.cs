using Granary.Jobs;

namespace Granary.Model.Data.Checking;

/// <summary>How warnings name columns and labels.</summary>
internal static class WarningText
{
    /// <summary>Names in a message; of more it says how many.</summary>
    public const int MostNames = 5;

    /// <summary>"'width'".</summary>
    public static string Quoted(string name) => $"'{name}'";

    /// <summary>"'a', 'b'", of many the first ones and how many more there are.</summary>
    public static string List(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return string.Join(", ", all.Take(MostNames)) + (all.Length > MostNames ? $" and {all.Length - MostNames} more" : "");
    }

    /// <summary>"columns 'a', 'b'", of quoted names.</summary>
    public static string Columns(string[] names) => $"{(names.Length == 1 ? "column" : "columns")} {List(names)}";

    /// <summary>The quoted names of some columns.</summary>
    public static string[] Named(IReadOnlyList<ColumnReport> columns, Func<int, bool> which) =>
        [.. Enumerable.Range(0, columns.Count).Where(which).Select(f => Quoted(columns[f].Name))];

    /// <summary>The columns of which something is found, with that.</summary>
    public static List<(ColumnReport Column, T What)> Found<T>(IReadOnlyList<ColumnReport> columns, Func<int, T?> find)
        where T : class => [.. columns.Select((c, f) => (c, find(f))).Where(c => c.Item2 is not null).Select(c => (c.c, c.Item2!))];
}
