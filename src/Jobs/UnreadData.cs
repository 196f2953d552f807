namespace Granary.Jobs;

/// <summary>What is said of data that lies where a path leads and is not read.</summary>
public static class UnreadData
{
    private const int NamesInMessage = 5;

    /// <summary>"2 hidden or backup files are not read: ._a.csv, old/b.csv~."</summary>
    /// <param name="path">The folder or the glob.</param>
    /// <param name="hidden">What <see cref="DataFiles.LeftOut"/> says of it.</param>
    public static string Hidden(string path, IReadOnlyList<string> hidden)
    {
        var root = Root(path);
        var names = string.Join(", ", hidden.Take(NamesInMessage).Select(f => Path.GetRelativePath(root, f)))
            + (hidden.Count > NamesInMessage ? $" and {hidden.Count - NamesInMessage} more" : "");
        return $"{hidden.Count} hidden or backup {(hidden.Count == 1 ? "file is" : "files are")} not read: {names}.";
    }

    /// <summary>"'year' stands in names of folders and not in the files, and is not read."</summary>
    /// <param name="columns">What <see cref="DataFiles.PartitionColumns"/> says of a path.</param>
    public static string Partitions(IReadOnlyList<string> columns) =>
        $"{string.Join(", ", columns.Select(c => $"'{c}'"))} {(columns.Count == 1 ? "stands" : "stand")} in names of folders and not in the files, and {(columns.Count == 1 ? "is" : "are")} not read.";

    // The folders before the first wildcard.
    private static string Root(string path)
    {
        var root = Path.GetFullPath(path);
        while (DataFiles.IsGlob(root))
        {
            root = Path.GetDirectoryName(root)!;
        }

        return root;
    }
}
