using System.IO.Enumeration;

namespace Granary.Jobs;

/// <summary>The files that a path, a folder or a glob names.</summary>
public static class DataFiles
{
    /// <summary>The folder beside a source that its rows are kept in, for the next run. No wildcard leads into it.</summary>
    public const string CacheFolder = ".granary-cache";

    private const string AnyFolders = "**";

    /// <summary>Whether a path is a glob: it holds `*` or `?`.</summary>
    public static bool IsGlob(string path) => path.AsSpan().ContainsAny('*', '?');

    /// <summary>What messages call a source: a file or a folder by its own name; a glob from the folder above its first wildcard on, "in/**/*.csv".</summary>
    public static string NameOf(string path)
    {
        var parts = path.Split(Path.DirectorySeparatorChar);
        return IsGlob(path) ? string.Join(Path.DirectorySeparatorChar, parts.Skip(Math.Max(0, Array.FindIndex(parts, IsGlob) - 1))) : Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
    }

    /// <summary>Whether a path can name several files: it is a glob or a folder.</summary>
    public static bool IsSeveral(string path) => IsGlob(path) || IsFolder(path);

    /// <summary>Whether a path leads to a folder.</summary>
    public static bool IsFolder(string path) => StoredPath.Is(path) ? FileKinds.Of(path) == FileKind.Folder : Directory.Exists(path);

    /// <summary>The files in ordinal order of their paths. `*` and `?` stand for characters within a name, `**` for any
    /// folders, none too; a folder stands for `FOLDER/**`. `**` does not go through links to folders, which may lead in a circle. Hidden
    /// names (<see cref="HiddenNames"/>) are left out.</summary>
    /// <exception cref="JobException">A folder that the glob leads to cannot be read, or what it names is no regular file.</exception>
    public static IReadOnlyList<string> Expand(string path) => Find(path, null);

    /// <summary>The files that <see cref="Expand"/> leaves out for their names alone, those in hidden folders too, in the same order. What
    /// programs keep beside data (`_SUCCESS`, `.part-0.crc`) is not worth a word.</summary>
    public static IReadOnlyList<string> LeftOut(string path)
    {
        var leftOut = new SortedSet<string>(StringComparer.Ordinal);
        Find(path, leftOut);
        return [.. leftOut];
    }

    /// <summary>Columns that stand in the names of folders between a path's first wildcard and its files (`year=2024`, as Hive and Spark
    /// write them): they are no part of the files, and are not read.</summary>
    public static IReadOnlyList<string> PartitionColumns(string path)
    {
        if (!IsSeveral(path))
        {
            return [];
        }

        var fixedParts = (StoredPath.Is(path) ? path : Path.GetFullPath(path)).Split(Path.DirectorySeparatorChar).TakeWhile(p => !IsGlob(p)).Count();
        return [.. Expand(path)
            .SelectMany(f => f.Split(Path.DirectorySeparatorChar).Skip(fixedParts).SkipLast(1))
            .Where(name => name.IndexOf('=', StringComparison.Ordinal) > 0)
            .Select(name => name[..name.IndexOf('=', StringComparison.Ordinal)])
            .Distinct()];
    }

    /// <summary>Why a source cannot be read, as a sentence; null where it can.</summary>
    /// <param name="path">A file, a folder or a glob.</param>
    /// <param name="isTable">Whether the files have named columns.</param>
    /// <param name="text">The path as its user wrote it.</param>
    public static string? Refusal(string path, bool isTable, string? text = null)
    {
        if (PathRule.Current.ReadRefusal(Start(path)) is { } refusal)
        {
            return refusal;
        }

        try
        {
            if (!IsSeveral(path))
            {
                return FileKinds.Refusal(path, text);
            }

            if (Expand(path).Count == 0)
            {
                var hidden = LeftOut(path) is { Count: > 0 } names ? $" {UnreadData.Hidden(path, names)} To read one, give its own path." : "";
                return IsGlob(path) ? $"no file matches {path}.{hidden}{UserPath.Hint(text ?? path)}" : $"there are no files in the folder {path}.{hidden}";
            }
        }
        catch (JobException e)
        {
            return e.Message;
        }
        catch (FileStoreException e)
        {
            return $"{path} cannot be read: {e.Message}";
        }

        return isTable && !IsGlob(path) && PartitionColumns(path) is { Count: > 0 } columns
            ? $"{path} is partitioned: {UnreadData.Partitions(columns)} Write the data without partitions, or give the glob {Path.Combine(path, AnyFolders)} to do without."
            : null;
    }

    // The folder before a glob's first wildcard.
    private static string Start(string path) => IsGlob(path)
        ? string.Join(Path.DirectorySeparatorChar, path.Split(Path.DirectorySeparatorChar).TakeWhile(p => !IsGlob(p))) + Path.DirectorySeparatorChar
        : path;

    // Hidden files go into `leftOut`; it is null where nobody asks for them.
    private static IReadOnlyList<string> Find(string path, SortedSet<string>? leftOut)
    {
        if (!IsSeveral(path) || (StoredPath.Is(path) && !FileStores.CanAsk))
        {
            return [path]; // what a glob into a store names knows whoever can ask it
        }

        if (StoredPath.Is(path))
        {
            return StoredGlob.Find(path, leftOut);
        }

        var full = Path.GetFullPath(IsGlob(path) ? path : Path.Combine(path, AnyFolders));
        var root = Path.GetPathRoot(full)!;
        var names = full[root.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        var files = new SortedSet<string>(StringComparer.Ordinal);
        try
        {
            Collect(root, names, files, leftOut);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new JobException($"{path}: {e.Message} Give a glob that leads past it, or the right to read it.");
        }

        return files.FirstOrDefault(f => FileKinds.Of(f) != FileKind.File) is { } odd
            ? throw new JobException($"{path}: {FileKinds.Refusal(odd)}")
            : [.. files];
    }

    private static void Collect(string folder, ReadOnlySpan<string> names, SortedSet<string>? into, SortedSet<string>? leftOut)
    {
        // Folders without a wildcard are entered, not listed: one may be entered without being readable.
        while (names.Length > 1 && !IsGlob(names[0]))
        {
            folder = Path.Combine(folder, names[0]);
            names = names[1..];
        }

        if (PathRule.Current.ReadRefusal(folder) is { } refusal)
        {
            throw new JobException(refusal); // a link has led there
        }

        if (!Directory.Exists(folder))
        {
            return;
        }

        if (names[0] == AnyFolders)
        {
            // At the end of a glob it stands for the files of those folders too.
            var rest = names.Length == 1 ? ["*"] : names[1..];
            Collect(folder, rest, into, leftOut);
            foreach (var inner in Directory.EnumerateDirectories(folder).Where(d => new DirectoryInfo(d).LinkTarget is null))
            {
                Enter(inner, AnyFolders, names, into, leftOut);
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

            if (names.Length > 1)
            {
                Enter(entry, names[0], names[1..], into, leftOut);
            }
            else
            {
                (HiddenNames.Hides(names[0], Path.GetFileName(entry)) || into == leftOut ? Worth(leftOut, entry) : into)?.Add(entry);
            }
        }
    }

    private static SortedSet<string>? Worth(SortedSet<string>? leftOut, string file) => HiddenNames.IsBookkeeping(Path.GetFileName(file)) ? null : leftOut;

    // What lies in a hidden folder is left out, and looked at only to say so.
    private static void Enter(string folder, string pattern, ReadOnlySpan<string> names, SortedSet<string>? into, SortedSet<string>? leftOut)
    {
        var name = Path.GetFileName(folder);
        if (name == CacheFolder)
        {
            return;
        }

        if (!HiddenNames.Hides(pattern, name))
        {
            Collect(folder, names, into, leftOut);
        }
        else if (leftOut is not null)
        {
            Collect(folder, names, leftOut, leftOut);
        }
    }
}
