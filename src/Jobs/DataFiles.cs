using System.IO.Enumeration;

namespace Granary.Jobs;

/// <summary>The files that a path or a glob names.</summary>
public static class DataFiles
{
    /// <summary>The folder beside a source that its rows are kept in, for the next run. No wildcard leads into it.</summary>
    public const string CacheFolder = ".granary-cache";

    private const string AnyFolders = "**";

    /// <summary>Whether a path is a glob: it holds `*` or `?`.</summary>
    public static bool IsGlob(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>The files in ordinal order of their paths. `*` and `?` stand for characters within a name, `**` for any
    /// folders, none too. `**` does not go through links to folders, which may lead in a circle.</summary>
    /// <exception cref="JobException">A folder that the glob leads to cannot be read.</exception>
    public static IReadOnlyList<string> Expand(string path)
    {
        if (!IsGlob(path))
        {
            return [path];
        }

        var full = Path.GetFullPath(path);
        var root = Path.GetPathRoot(full)!;
        var names = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var files = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            Collect(root, names, files);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new JobException($"{path}: {e.Message} Give a glob that leads past it, or the right to read it.");
        }

        return [.. files];
    }

    private static void Collect(string folder, ReadOnlySpan<string> names, SortedSet<string> into)
    {
        // Folders without a wildcard are entered, not listed: one may be entered without being readable.
        while (names.Length > 1 && !IsGlob(names[0]))
        {
            folder = Path.Combine(folder, names[0]);
            names = names[1..];
        }

        if (!Directory.Exists(folder))
        {
            return;
        }

        if (names[0] == AnyFolders)
        {
            // At the end of a glob it stands for the files of those folders too.
            var rest = names.Length == 1 ? ["*"] : names[1..];
            Collect(folder, rest, into);
            foreach (var inner in Directory.EnumerateDirectories(folder).Where(d => new DirectoryInfo(d).LinkTarget is null && !IsCache(d)))
            {
                Collect(inner, names, into);
            }

            return;
        }

        var entries = names.Length == 1 ? Directory.EnumerateFiles(folder) : Directory.EnumerateDirectories(folder);
        foreach (var entry in entries)
        {
            if (!FileSystemName.MatchesSimpleExpression(names[0], Path.GetFileName(entry.AsSpan()), ignoreCase: false))
            {
                continue;
            }

            if (names.Length == 1)
            {
                into.Add(entry);
            }
            else if (!IsCache(entry))
            {
                Collect(entry, names[1..], into);
            }
        }
    }

    private static bool IsCache(string folder) => Path.GetFileName(folder) == CacheFolder;
}
